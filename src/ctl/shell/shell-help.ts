/** What `help` prints. */
export const SHELL_HELP = `etcdctl, etcdutl, curl, http     as in etcd's documentation; each has --help
etcd FLAGS                       a member, until Ctrl-C; etcd --help. play kill all frees the ports of the page's own
play …                           the world: kill, partition, slow down, let time pass; play help
at NODE: etcdctl …               the same, asked of one member: at leader: etcdctl endpoint status
echo printf cat head tail wc sort uniq cut tr tee grep sed awk jq base64 xxd seq xargs
ls cd pwd mkdir rm cp mv touch   files of this machine, up to 16 MiB; members' data directories are NAME.etcd, read-only
sleep date time watch timeout    in virtual time
sh -c, source, for, while, if, case, functions, $( ), $(( )), | > >> < << && || ; &
jobs fg wait kill nohup history clear
Ctrl-C ends what runs, a second one kills it.
`;
