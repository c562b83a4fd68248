#!/bin/sh
# Stands for the installer of k3s: the same variables, the same files, the same refusals. It downloads nothing.
set -e
fatal() { echo '[ERROR] ' "$@" >&2; exit 1; }
info() { echo '[INFO] ' "$@"; }
command -v systemctl >/dev/null 2>&1 || fatal 'Can not find systemd or openrc to use as a process supervisor for k3s'
[ $# -eq 0 ] || fatal "this stand-in takes no arguments, got $*"
for name in $(env | sed -n 's/^\(INSTALL_K3S_[A-Z_]*\)=.*/\1/p'); do
case $name in
INSTALL_K3S_VERSION|INSTALL_K3S_EXEC|INSTALL_K3S_SKIP_START|INSTALL_K3S_SKIP_DOWNLOAD|INSTALL_K3S_CHANNEL) ;;
*) fatal "unknown variable $name" ;;
esac; done
case $INSTALL_K3S_EXEC in server|agent) role=$INSTALL_K3S_EXEC ;; *) fatal "this stand-in wants INSTALL_K3S_EXEC to be server or agent" ;; esac
case $K3S_URL in ''|https://*) ;; *) fatal "Only https:// URLs are supported for K3S_URL (have ${K3S_URL})" ;; esac
[ -z "$K3S_URL" ] || [ -n "$K3S_TOKEN$K3S_TOKEN_FILE" ] || fatal 'K3S_URL is defined, but K3S_TOKEN or K3S_TOKEN_FILE is not defined.'
[ -n "$INSTALL_K3S_VERSION" ] || [ "$INSTALL_K3S_SKIP_DOWNLOAD" = true ] || fatal 'this stand-in wants a pinned version'
name=k3s; [ "$role" = server ] || name=k3s-agent
bin=/usr/local/bin; unit=/etc/systemd/system/$name.service
if [ "$INSTALL_K3S_SKIP_DOWNLOAD" = true ]; then
info 'Skipping k3s download and verify'
[ -x $bin/k3s ] || fatal "Executable k3s binary not found at $bin/k3s"
else
info "Using $INSTALL_K3S_VERSION as release"
sleep "$(cat $bin/.download-seconds 2>/dev/null || echo 0)"
[ ! -e $bin/.no-such-release ] || fatal 'Download failed'
info "Downloading binary https://github.com/k3s-io/k3s/releases/download/$INSTALL_K3S_VERSION/k3s"
sed "s/@VERSION@/$INSTALL_K3S_VERSION/" $bin/.k3s-program >$bin/.k3s.new
chmod 755 $bin/.k3s.new; mv -f $bin/.k3s.new $bin/k3s
fi
echo "$role $INSTALL_K3S_VERSION" >>$bin/.installs
info "Creating uninstall script $bin/$name-uninstall.sh"
cat >$bin/$name-uninstall.sh <<END
#!/bin/sh
set -x
systemctl stop $name
rm -f $unit $unit.env
trap 'rm -f $bin/$name-uninstall.sh' EXIT
rm -rf /etc/rancher/k3s /var/lib/rancher/k3s
rm -f $bin/k3s
END
chmod 755 $bin/$name-uninstall.sh
info "env: Creating environment file $unit.env"
touch $unit.env; chmod 0600 $unit.env
sh -c export | while read -r x v; do echo "$v"; done | grep -E '^(K3S|CONTAINERD)_' >$unit.env || :
info "systemd: Creating service file $unit"
cat >$unit <<END
[Unit]
Description=Lightweight Kubernetes

[Service]
Type=notify
EnvironmentFile=-$unit.env
Restart=always
RestartSec=5s
ExecStart=$bin/k3s \\
    $role \\

END
info "systemd: Enabling $name unit"
systemctl enable $unit
systemctl daemon-reload
[ "$INSTALL_K3S_SKIP_START" != true ] || exit 0
info "systemd: Starting $name"
systemctl restart $name
