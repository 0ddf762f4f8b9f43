# What has to be on the machine beside Go, and how it gets there. Sourced,
# after lib.sh.
#
# As root, missing packages are installed. Anybody else is shown the command
# and asked on a terminal; without one the command is shown and the answer is
# no, so nothing ever waits for an answer that cannot come.

# package_manager names the one there is, "" for none that is known.
package_manager() {
	local one
	case $(uname -s) in
	Darwin) echo brew && return ;;
	esac
	for one in apt-get dnf pacman; do
		command -v "$one" >/dev/null 2>&1 && echo "$one" && return
	done
}

# packages_of lists what a group is made of, by the names of the package
# manager: desktop builds the window, mingw builds it for Windows, display shows
# it, tests is what the tests drive, packages packs, look takes pictures.
packages_of() {
	case $1-$(package_manager) in
	desktop-apt-get) echo gcc libc6-dev pkg-config libgl1-mesa-dev libx11-dev libxcursor-dev libxrandr-dev libxinerama-dev libxi-dev libxxf86vm-dev libwayland-dev libxkbcommon-dev ;;
	desktop-dnf) echo gcc pkgconf-pkg-config mesa-libGL-devel libX11-devel libXcursor-devel libXrandr-devel libXinerama-devel libXi-devel libXxf86vm-devel wayland-devel libxkbcommon-devel ;;
	desktop-pacman) echo gcc pkgconf libglvnd libx11 libxcursor libxrandr libxinerama libxi libxxf86vm wayland libxkbcommon ;;
	mingw-apt-get) echo gcc-mingw-w64-x86-64-posix ;;
	mingw-dnf) echo mingw64-gcc ;;
	mingw-pacman) echo mingw-w64-gcc ;;
	look-apt-get | look-dnf | look-pacman) echo imagemagick ;;
	packages-apt-get) echo zip xz-utils ;;
	packages-dnf) echo zip xz dpkg ;;
	packages-pacman) echo zip xz dpkg ;;
	display-apt-get) echo libgl1-mesa-dri ;;
	display-dnf) echo mesa-dri-drivers ;;
	display-pacman) echo mesa ;;
	tests-apt-get)
		echo xvfb openbox xdotool libgl1-mesa-dri dbus-daemon gnome-keyring
		# Ubuntu's chromium is an empty package that asks for snap.
		ubuntu || echo chromium
		;;
	tests-dnf) echo xorg-x11-server-Xvfb openbox xdotool mesa-dri-drivers dbus-daemon gnome-keyring chromium ;;
	tests-pacman) echo xorg-server-xvfb openbox xdotool mesa dbus gnome-keyring chromium ;;
	esac
}

ubuntu() { grep -qs '^ID=ubuntu' /etc/os-release; }

installed() {
	case $(package_manager) in
	apt-get) [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ] ;;
	dnf) rpm -q "$1" >/dev/null 2>&1 ;;
	pacman) pacman -Qq "$1" >/dev/null 2>&1 ;;
	*) return 1 ;;
	esac
}

# has says whether a group is there, however it came there.
has() {
	case $1 in
	desktop) has_desktop ;;
	mingw) command -v x86_64-w64-mingw32-gcc >/dev/null 2>&1 ;;
	look) command -v import >/dev/null 2>&1 && command -v convert >/dev/null 2>&1 ;;
	packages) command -v zip >/dev/null 2>&1 && command -v xz >/dev/null 2>&1 && command -v dpkg-deb >/dev/null 2>&1 ;;
	display) has_display_driver ;;
	tests)
		local one
		for one in Xvfb openbox xdotool dbus-daemon gnome-keyring-daemon; do
			command -v "$one" >/dev/null 2>&1 || return
		done
		has_display_driver && { command -v chromium >/dev/null 2>&1 || ubuntu; }
		;;
	esac
}

# has_desktop compiles and links nothing but the names the window needs: a
# package that is installed proves less.
has_desktop() {
	local cc
	cc=$(c_compiler) || return
	case $(uname -s) in
	Linux) ;;
	Darwin) xcode-select -p >/dev/null 2>&1 && return || return ;;
	*) return 0 ;;
	esac
	command -v "${PKG_CONFIG:-pkg-config}" >/dev/null 2>&1 && "${PKG_CONFIG:-pkg-config}" --exists gl || return
	local out
	out=$(mktemp) || return
	# shellcheck disable=SC2086 # CC may hold flags
	$cc -x c -o "$out" - -lGL -lX11 -lXrandr -lXxf86vm -lXi -lXcursor -lXinerama \
		-lwayland-client -lwayland-cursor -lwayland-egl -lxkbcommon >/dev/null 2>&1 <<-'C'
		#include <stdio.h>
		#include <X11/Xlib.h>
		#include <X11/XKBlib.h>
		#include <X11/Xcursor/Xcursor.h>
		#include <X11/extensions/XInput2.h>
		#include <X11/extensions/Xinerama.h>
		#include <X11/extensions/Xrandr.h>
		#include <X11/extensions/shape.h>
		#include <X11/extensions/xf86vmode.h>
		#include <GL/gl.h>
		#include <GL/glx.h>
		#include <wayland-client-core.h>
		#include <wayland-cursor.h>
		#include <xkbcommon/xkbcommon-compose.h>
		int main(void) { return 0; }
	C
	local linked=$?
	rm -f "$out"
	return $linked
}

# has_display_driver looks for Mesa's drivers, of which the software one draws
# where there is no graphics card. Where it cannot tell it says yes.
has_display_driver() {
	[ "$(uname -s)" = Linux ] || return 0
	local dir
	for dir in /usr/lib/dri /usr/lib/*/dri /usr/lib64/dri /usr/lib/*/libgallium*.so /usr/lib64/libgallium*.so /usr/lib/libgallium*.so /run/opengl-driver; do
		[ -e "$dir" ] && return
	done
	[ -z "$(package_manager)" ]
}

# get makes sure of the groups it is given and says whether they are there at
# the end. The first argument says what they are for.
get() {
	local what=$1 group one missing=
	shift
	for group in "$@"; do
		has "$group" && continue
		for one in $(packages_of "$group"); do
			installed "$one" || missing="$missing $one"
		done
	done
	missing=${missing# }
	if [ -n "$missing" ]; then
		# shellcheck disable=SC2086 # a list of names
		add_packages "$what" $missing || return
	elif [ "$(package_manager)" = brew ] && ! has desktop; then
		say "Apple's command line tools are missing for $what: xcode-select --install"
	fi
	for group in "$@"; do
		has "$group" && continue
		if [ -z "$(package_manager)" ]; then
			say "missing for $what, and not to be installed from here: a C compiler, pkg-config and the headers of OpenGL, X11, Wayland and xkbcommon (for the tests also Xvfb, openbox, xdotool, dbus-daemon, GNOME Keyring and Chromium)"
		fi
		return 1
	done
}

# add_packages installs packages or says how.
add_packages() {
	local what=$1 command answer
	shift
	case $(package_manager) in
	apt-get) command="apt-get install -y --no-install-recommends $*" ;;
	dnf) command="dnf install -y $*" ;;
	pacman) command="pacman -S --needed --noconfirm $*" ;;
	esac
	if [ "$(id -u)" = 0 ]; then
		say "packages are missing for $what; installing: $*"
		privileged "" "$command"
		return
	fi
	local become="sudo "
	command -v sudo >/dev/null 2>&1 || become=
	if [ -z "$become" ]; then
		say "packages are missing for $what; as root: $command"
		return 1
	fi
	say "packages are missing for $what: sudo $command"
	asks || return 1
	printf 'run this now? [y/N] ' >&2
	read -r answer || return 1
	case $answer in
	y | Y | yes) privileged sudo "$command" ;;
	*) return 1 ;;
	esac
}

# privileged runs a package manager's command: never waiting for a question of
# its own, and with the modes its files are meant to have.
privileged() (
	umask 022
	log=$(mktemp)
	trap 'rm -f "$log"' EXIT
	try() {
		# shellcheck disable=SC2086 # commands made here, of plain words
		case $1 in
		sudo) $1 env DEBIAN_FRONTEND=noninteractive $2 >"$log" 2>&1 ;;
		*) DEBIAN_FRONTEND=noninteractive $2 >"$log" 2>&1 </dev/null ;;
		esac
	}
	patient="-o DPkg::Lock::Timeout=120 -o Acquire::http::Timeout=30 -o Acquire::Retries=2"
	case $2 in
	apt-get*)
		set -- "$1" "apt-get $patient ${2#apt-get }"
		# A list that is missing or old names packages that are gone.
		try "$@" && return
		try "$1" "apt-get $patient update" && try "$@" && return
		;;
	*) try "$@" && return ;;
	esac
	say "that did not work:"
	tail -n 5 "$log" >&2
	return 1
)
