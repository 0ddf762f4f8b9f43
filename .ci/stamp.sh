# What a build says of itself. Sourced, after lib.sh.

version() { sed -n 's/^Version *= *"\(.*\)"/\1/p' FyneApp.toml; }

# stamp is what `baton version` tells, as flags for the linker. The date is the
# commit's: the same source gives the same binary.
stamp() {
	local commit= date= mark=
	if command -v git >/dev/null 2>&1; then
		commit=$(git rev-parse --short=12 HEAD 2>/dev/null) || commit=
		date=$(git log -1 --format=%cs 2>/dev/null) || date=
	fi
	if [ -n "$commit" ] && [ -n "$(git status --porcelain 2>/dev/null)" ]; then
		mark=+changed
	fi
	printf -- '-X baton/app.version=%s -X baton/app.commit=%s -X baton/app.date=%s' "$(version)" "$commit$mark" "$date"
}

# epoch is the commit's time, in seconds: what is packed is given that age.
epoch() { git log -1 --format=%ct 2>/dev/null || echo 1767225600; }

# desktop_entry COMMAND prints Baton's entry for the menus of a desktop. Its
# class is the window's title under X11; under Wayland it is the entry's name.
desktop_entry() {
	cat <<-DESKTOP
		[Desktop Entry]
		Version=1.0
		Type=Application
		Name=Baton
		GenericName=Account switcher
		Comment=Keeps your own Claude Code accounts in one place and swaps the active one
		Exec=$1
		Icon=app.baton.Baton
		Terminal=false
		Categories=Utility;
		Keywords=claude;account;login;swap;
		StartupNotify=true
		StartupWMClass=Baton
	DESKTOP
}
