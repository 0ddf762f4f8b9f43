# What the scripts beside this file stand on. Sourced, not run; it works with
# the bash 3.2 of macOS.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root" || exit 1

say() { printf '%s\n' "$*" >&2; }

# fail ends the script with one line and a hint.
fail() {
	say "$1"
	[ -z "${2-}" ] || say "  $2"
	exit 1
}

# asks says whether there is somebody to ask.
asks() { [ -t 0 ] && [ -t 2 ] && [ -z "${CI-}" ]; }

# use_go finds Go and sets what every call of it here needs. A Go that is older
# than go.mod asks for fetches the right one by itself; some distributions turn
# that off, so it is turned on again unless the environment says otherwise.
use_go() {
	if ! command -v go >/dev/null 2>&1; then
		local dir
		for dir in /usr/local/go/bin /usr/lib/go/bin /opt/homebrew/bin /usr/local/bin; do
			[ -x "$dir/go" ] && PATH=$dir:$PATH && export PATH && break
		done
	fi
	command -v go >/dev/null 2>&1 ||
		fail "Go is missing" "install Go 1.21 or newer from https://go.dev/dl or your package manager, then run make again"
	local have minor
	have=$(cd / && GOTOOLCHAIN=local GOFLAGS= go env GOVERSION 2>/dev/null) || have=
	minor=${have#go1.} && minor=${minor%%[!0-9]*}
	case $have in
	go1.*) [ "${minor:-0}" -ge 21 ] || fail "Go is too old (${have#go})" "Baton needs Go 1.21 or newer, from https://go.dev/dl" ;;
	esac
	export GOTOOLCHAIN="${GOTOOLCHAIN:-auto}"
	case ${GOFLAGS-} in
	*migrated_fynedo*) ;;
	*)
		# The version is stamped by .ci/build, and Go's own way of finding it
		# fails in a checkout that belongs to somebody else.
		GOFLAGS="$(cd / && go env GOFLAGS) -buildvcs=false -tags=migrated_fynedo"
		export GOFLAGS="${GOFLAGS# }"
		;;
	esac
	local told
	told=$(go version 2>&1) || fail "the Go that go.mod asks for cannot be fetched: $told" "look at the network, or install $(sed -n 's/^go /Go /p' go.mod) or newer"
}

# c_compiler is the one Go would call.
c_compiler() {
	local cc
	cc=$(CGO_ENABLED=1 go env CC)
	command -v "${cc%% *}" >/dev/null 2>&1 && printf '%s\n' "$cc"
}
