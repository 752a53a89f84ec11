/** Commands of tutorials for which there is nothing to do here. Each says why in a sentence; that is all that a learner needs to go on. */

import type { ShellCommand } from '#ctl/shell/command.ts';
import { complain } from '#ctl/shell/frame.ts';

const THERE = 'etcd, etcdctl and etcdutl are here already';

/** Names, the sentence (after `NAME: `), and the exit code: 0 where a script can go on as if it were done. */
const SENTENCES: readonly (readonly [string, string, 0 | 1])[] = [
  ['wget', `nothing is fetched from the network: ${THERE}; curl and http talk to the members`, 0],
  ['tar unzip gunzip gzip zip', `nothing to unpack: ${THERE}`, 0],
  ['ln install', `nothing to link or install: ${THERE}, by name and by any path`, 0],
  ['chmod chown chgrp', 'files have no owners and permissions here, everything may be read and run', 0],
  ['yum dnf apt apt-get apk brew choco pacman zypper snap pip pip3 npm', `nothing to install: ${THERE}`, 0],
  [
    'go make cmake gcc g++ javac mvn gradle cargo',
    'nothing is built here: etcd is part of this page; a client program can talk to a real cluster only',
    1,
  ],
  [
    'java python python3 node ruby php',
    'programs of other languages do not run here; what they would ask etcd can be asked with etcdctl or curl',
    1,
  ],
  ['git svn', 'no repositories are fetched here: etcd is part of this page', 1],
  ['systemctl service', 'there is no systemd here: members are stopped and started with `play kill` and `play restart`', 0],
  ['journalctl', "there is no journal here: each member's log stands in its tab", 0],
  ['vi vim nano emacs', 'there is no editor here: write a file with `cat > FILE <<EOF`', 1],
  ['ssh scp rsync telnet nc', 'there is only this machine, on which all members run', 1],
  [
    'ping traceroute ip ifconfig iptables ufw firewall-cmd setenforce tc',
    "the network is the playground's: `play partition`, `play link` and `play isolate` change it",
    0,
  ],
  ['ss netstat lsof', "the members' addresses stand in `etcdctl member list -w table`", 0],
  ['ps top htop pgrep', '`play status` shows the members, `jobs` what runs in this shell', 0],
  ['pkill killall', 'members are stopped with `play kill NODE`, jobs of this shell with `kill %1`', 1],
  ['useradd groupadd su id groups passwd', 'there is one user here, and it may do everything', 0],
  ['openssl cfssl cfssljson certstrap', 'the members speak plain http: there are no certificates here', 1],
  ['crontab', 'nothing is scheduled here: use `while true; do …; sleep 60; done &`', 1],
  ['mount umount mkfs fdisk lsblk', "the members' disks are the playground's: `play disk` makes them slow or full", 0],
  ['goreman foreman supervisorctl', 'the members run already: `play kill` and `play restart` stop and start them', 0],
  ['protoc buf grpcurl', 'gRPC is not served to the outside here; the same calls go through curl at /v3/…', 1],
  ['etcdkeeper etcd-workbench', 'there is no other user interface here: keys, members and messages are shown beside the terminal', 0],
  ['reboot shutdown halt poweroff', '`play kill all --power-loss` turns the members off, `play restart all` on', 1],
  ['tmux screen', 'open another tab of the terminal instead', 0],
];

const explain = (sentence: string, code: number): ShellCommand =>
  function* (frame, _args, name) {
    yield* complain(frame, `${name}: ${sentence}\n`);
    return code;
  };

export const EXPLAINED: Readonly<Record<string, ShellCommand>> = Object.fromEntries(
  SENTENCES.flatMap(([names, sentence, code]) => names.split(' ').map((name) => [name, explain(sentence, code)] as const)),
);
