# The steps of .ci/test, and how they are told. Sourced, after lib.sh and
# need.sh.

started=$SECONDS
failed_steps=
left_out=

headline() { printf '\n== %s\n' "$*"; }

# step NAME HEADLINE COMMAND… runs a command under a headline.
step() {
	local name=$1 title=$2 since=$SECONDS status=0
	shift 2
	headline "$title"
	"$@" || status=$?
	if [ $status = 0 ]; then
		printf '   ok, %d s\n' $((SECONDS - since))
	else
		printf '   FAILED, %d s\n' $((SECONDS - since))
		failed_steps="$failed_steps $name"
	fi
}

# unrun says, under the headline and in the sum, that something is not run and
# why; that is no failure.
unrun() {
	printf '   not run: %s\n' "$2"
	left_out="$left_out
   not run: $1: $2"
}

# leave_out says what is not run and why; in CI that is a failure.
leave_out() {
	headline "$1"
	unrun "$1" "$2"
	[ "${CI-}" != true ] || failed_steps="$failed_steps left-out"
}

# finish sums up. A step that failed counts as one failure beside the tests',
# so that the last line never says less than the status.
finish() {
	local passed=0 failed=0 skipped= name
	headline "all in all, $((SECONDS - started)) s"
	[ -z "$left_out" ] || printf '%s\n' "${left_out#?}"
	if [ -f build/test-count ]; then
		IFS=' ' read -r passed _ failed _ skipped _ <build/test-count
	fi
	for name in $failed_steps; do
		case $name in
		core | raced | tests | strict) [ "$failed" -gt 0 ] && continue ;; # counted already
		esac
		failed=$((failed + 1))
	done
	[ -z "$failed_steps" ] || printf 'failed:%s\n' "$failed_steps"
	[ "$only" != all ] || printf '%d passed, %d failed%s\n' "$passed" "$failed" "${skipped:+, $skipped skipped}" | tee build/test-count
	[ -z "$failed_steps" ]
}

# ci_packages lists the programs in this folder: ./... passes them over, because
# its name begins with a dot.
ci_packages() {
	local dir
	for dir in .ci/*/ .ci/*/*/; do
		ls "$dir"*.go >/dev/null 2>&1 && printf './%s ' "${dir%/}"
	done
	return 0
}

# packages installs what it can. What cannot be had is told by the steps that
# would have needed it.
packages() {
	get "the window" desktop || true
	[ "$only" != all ] || get "the tests" tests || true
}

formatted() {
	local wrong
	wrong=$(go tool gofumpt -l .) || return
	[ -z "$wrong" ] || {
		printf 'not as gofumpt has it (make fmt mends it):\n%s\n' "$wrong"
		return 1
	}
}

# shellcheck disable=SC2046 # a list of names
# static runs staticcheck with the build flags given. It is built without
# them: go tool would build staticcheck itself with -race.
static() {
	local program
	program=$(go tool -n staticcheck) || return
	if [ $# = 0 ]; then
		CGO_ENABLED=0 "$program" ./... $(ci_packages)
	else
		GOFLAGS="$GOFLAGS $*" "$program" ./... $(ci_packages)
	fi
}

# elsewhere vets for another system, without cgo.
elsewhere() {
	local arch
	arch=$(go env GOARCH)
	case $1-$2 in
	# Fyne's own packages do not build for macOS without cgo.
	vet-darwin) GOOS=$2 GOARCH=$arch CGO_ENABLED=0 go vet $(go list ./... | grep -vE '^baton/(widgets|icons)$') ;;
	*) GOOS=$2 GOARCH=$arch CGO_ENABLED=0 go vet ./... ;;
	esac
}

# memory_dir makes a directory for temp files in memory and names it, where there
# is room: tests that sync thousands of files are slow on a disk. Else the usual
# one.
memory_dir() {
	local free dir
	free=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
	dir=/dev/shm
	[ "${free:-0}" -gt 2000000 ] && [ -w $dir ] || dir=${TMPDIR:-/tmp}
	dir=$(mktemp -d "$dir/baton-test-XXXXXX")
	chmod 755 "$dir" # some tests act as another user
	echo "$dir"
}

# vulnerable looks at one small package first: reading all of them only to find
# that the database cannot be reached would take a minute.
vulnerable() {
	local log=build/govulncheck.log
	go tool govulncheck ./app/backend >$log 2>&1 && go tool govulncheck ./... >$log 2>&1 && return
	if grep -qE 'fetching vulnerabilities|no such host|connection refused|i/o timeout|Client.Timeout' $log; then
		unrun "known vulnerabilities" "the database cannot be reached"
		return 0
	fi
	cat $log
	return 1
}

# windows_window compiles the window for Windows where that is quick: its parts
# in C are five minutes' work on two cores, and are taken from the build cache or
# not at all.
windows_window() {
	local why='' cold=0
	if ! has mingw; then
		why="mingw-w64 is not installed; make package installs it"
	else
		# The flags that decide what is found in the cache are those of .ci/build.
		cold=$(CC=x86_64-w64-mingw32-gcc GOOS=windows GOARCH=amd64 CGO_ENABLED=1 go build -n -trimpath . 2>&1 |
			grep -cE '(^|/)x86_64-w64-mingw32-gcc.* -c ') || true
		[ "$cold" -le 8 ] || why="$cold files in C are not in the build cache; make package puts them there"
	fi
	if [ -n "$why" ]; then
		unrun "the window for Windows" "$why"
		return 0
	fi
	GOOS=windows GOARCH=amd64 bash .ci/build desktop build/baton.exe "-H windowsgui" && ls -l build/baton.exe | awk '{ printf "   %.1f MB\n", $5 / 1e6 }'
}

# own_home gives the tests a home of their own: whatever a test forgets to set
# leads to an empty folder, never to a person's logins or to the provider.
own_home() {
	local name
	GOCACHE=$(go env GOCACHE) GOMODCACHE=$(go env GOMODCACHE) GOPATH=$(go env GOPATH)
	GOENV=$(go env GOENV)
	export GOCACHE GOMODCACHE GOPATH GOENV
	HOME=$(mktemp -d)
	# Where a program that a test starts again leaves its coverage.
	GOCOVERDIR=$HOME/.cover
	mkdir -p "$GOCOVERDIR"
	export HOME GOCOVERDIR
	trap 'rm -rf "$HOME"' EXIT
	for name in $(env | awk -F= '/^(ANTHROPIC|CLAUDE|BATON)[A-Z_]*=|^XDG_[A-Z]+_HOME=/ { print $1 }'); do
		unset "$name"
	done
	export BATON_PROVIDER=http://127.0.0.1:9
}

# tests runs go test with the arguments given and counts.
tests() {
	local fresh=
	CGO_ENABLED=0 go build -o build/report ./.ci/report || return
	[ "${CI-}" != true ] || fresh=-count=1
	go test -json -vet=off -timeout 45m $fresh "$@" 2>&1 | build/report -count build/test-count
}

covered() {
	local total
	[ -s build/cover.out ] || { echo "   no profile: the tests did not run" && return 1; }
	total=$(go tool cover -func build/cover.out | awk '$1 == "total:" { print $NF }')
	echo "   $total of the statements; at least $1 % is asked for"
	awk -v have="${total%\%}" -v want="$1" 'BEGIN { exit !(have + 0 >= want + 0) }'
}

# stamped looks at what a build says of itself.
stamped() {
	local told
	told=$("$1" version) || return
	echo "   $told"
	case $told in
	"baton "[0-9]*" ("*) ;;
	*) echo "   that is no version" && return 1 ;;
	esac
}
