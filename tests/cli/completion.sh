# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The scripts for shells: bash's functions are run, zsh and fish read theirs, where they are installed.
command -v bash >/dev/null || { echo "bash is not installed"; exit 77; }
record=$(dirname "$TCPTAPE")/tcptape-record
for shell in bash zsh fish; do
	"$TCPTAPE" completion $shell >"$TMP/tcptape.$shell" || exit 1
	[ ! -x "$record" ] || "$record" completion $shell >"$TMP/record.$shell" || exit 1
done
for file in "$TMP"/*.zsh; do
	! command -v zsh >/dev/null || zsh -n "$file" || echo "zsh cannot read ${file##*/}"
done
for file in "$TMP"/*.fish; do
	! command -v fish >/dev/null || fish --no-execute "$file" || echo "fish cannot read ${file##*/}"
done
cat >"$TMP/press_tab" <<'END'
for script in "$TMP"/*.bash; do source "$script"; done
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
case $1 in tcptape) _tcptape ;; *) _tcptape_record ;; esac 2>/dev/null
echo "${COMPREPLY[*]}"
END
tab() {
	echo "\$ $*<TAB>"
	TMP="$TMP" bash "$TMP/press_tab" "$@"
}
for command in $("$TCPTAPE" --help | sed -n '/^Commands/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
	tab tcptape '' | grep -qw "$command" || echo "no $command"
done
tab tcptape ti
tab tcptape conns --s
tab tcptape conns x.tape -f ''
tab tcptape conns --format = j
tab tcptape conns x.tape --color =
tab tcptape conns --sort -du
tab tcptape conns --fields conn,ra
tab tcptape states --count-by f
tab tcptape info --fields bo
tab tcptape rtt --by p
tab tcptape recover x.tape --f
tab tcptape conns x.ta
"$TCPTAPE" completion fsh
echo "exit $?"
[ -x "$record" ] || { echo "tcptape-record is not built" >&2; exit; }
{
	tab tcptape-record d
	tab tcptape-record --max
	tab tcptape record --rot
	tab tcptape-record -o x.tape -- curl --max
	"$record" completion ksh
	echo "exit $?"
} >"$TMP/out" 2>&1
diff "$TMP/out" - <<'END'
$ tcptape-record d<TAB>
doctor
$ tcptape-record --max<TAB>
--max-size --max-memory --max-cpu
$ tcptape record --rot<TAB>
--rotate-size --rotate-time
$ tcptape-record -o x.tape -- curl --max<TAB>

tcptape-record: completion ksh: the shells are bash, zsh and fish
exit 2
END
