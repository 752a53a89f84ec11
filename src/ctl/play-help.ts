/** What `play help` prints. */
export const PLAY_HELP = `play new [--nodes 3] [--seed 7] [--profile 3.5|3.4.23] [--prevote=false] [--check-quorum=false]
         [--election-timeout 1000ms] [--heartbeat 100ms] [--latency 2ms..8ms] [--disk-latency 1ms..3ms]
         [--snapshot-count N] [--catch-up-entries N] [--storage sync|async] [--enable-v2]     a new cluster
         [--break RULE,…]                      … that breaks rules of Raft or etcd on purpose: watch the checks find it
play kill NODE… [--power-loss]                 the process dies; with --power-loss unflushed bytes too
play kill NODE… --at POINT [--power-loss]      it dies when it next comes there: raftBeforeSave, walBeforeSync, raftAfterSave,
         raftBeforeLeaderSend, raftBeforeFollowerSend, playBeforeApply, beforeCommit … (docs/faults.md has all)
play crash NODE… [--reason TEXT]               an assertion fails in it: it ends as by a defect of its own, with message and trace
play restart|freeze|thaw|wipe NODE…            NODE: etcd-1, 1, leader, followers, all
play start NODE [--force-new-cluster] [--snapshot-count N] [--heartbeat 100ms] …     one that was added, or does not run
play partition etcd-1,etcd-2 / etcd-3 [/ …]    sides that do not reach each other
play isolate NODE…                             cut off from all others
play heal [--all]                              mend the network; with --all disks, clocks and whatever else is in force too
play link A > B --cut | --latency 50ms | --loss 10% | --duplicate 5% | --reorder 10% | --bandwidth 1MB     (<> both ways)
play disk NODE… --latency 20ms | --backend-latency 20ms     RANGE: 20ms, 5ms..50ms, spiky:1ms..2s
play disk NODE… --full | --fail-fsync          until --full=false, --fail-fsync=false
play disk NODE… --tear BYTES                   what the next loss of power leaves of a write that was not flushed
play disk NODE… --corrupt[=OFFSET] [--file wal|snap|NAME]     flip a bit of the write-ahead log, or of a snapshot
play clock NODE… --rate 1.2 | --jump 5s        a clock that runs fast or slow, or tells another time of day (--jump=-5s)
play timeout NODE…                             an election timeout now
play timers align|spread [NODE…]               election timers that fire together, or far apart
play client CLIENT --retry none|blind          blind sends again what may have taken effect; kill, freeze, thaw, isolate,
         link and clock take clients too
play message EVENT --drop | --duplicate | --deliver | --delay 50ms     one message in flight
play traffic start [--clients 4] [--rate 50] [--mix put:50,get:40,txn:10] [--keys 100] [--size 64] [--through NODE]
play traffic stop                              load: requests a second of put, get, list, del, txn, watch, lease
play run DURATION                              let time pass
play until "CONDITION" [--within 60s]          until it holds: leader; term > 3; commit >= 10 on all; key "a" = "1"; faults = 0
play break "CONDITION" | list | delete N|all | enable N | disable N    stop time when it comes to hold: steps-down; leaders >= 2
play step                                      the next instant
play status                                    one line a member, and the faults that are in force
play script [> FILE]                           what was done in this run, as a scenario file
play load FILE                                 a new run out of a scenario file
play exec PROCESS [--client NAME] [--columns N] [--stdin TEXT] -- [NAME=VALUE…] PROGRAM ARG…
play input PROCESS [--end] [-- TEXT]     play signal PROCESS INT|TERM|KILL
play file write|append|remove|mkdir|rename PATH [TEXT] [--base64]     play launch -- NAME FLAG=VALUE…     as scripts say it
`;
