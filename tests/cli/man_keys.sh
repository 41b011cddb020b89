# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The manual and the tables of commands, options and columns say the same: nothing is missing there, and nothing
# is there that does not exist. The tables are read from the completion for bash, which is made from them.
man=docs/tcptape.1
"$TCPTAPE" completion bash >"$TMP/tables" || exit 1
commands=$("$TCPTAPE" --help | sed -n '/^Commands/,/^$/s/^  \([a-z]*\) .*/\1/p')
# What the tables say of a command: options, columns or by.
tables() {
	awk -v command="$1)" -v what="$2=" '$1 == command { on = 1 } on && index($1, what) == 1 {
		sub(what, ""); gsub(/["\t]|;;/, ""); print; exit }' "$TMP/tables" | tr ' ' '\n' | sed '/^$/d'
}
# The parts of the manual about a command, with markup.
about() {
	awk -v command="$1" '/^\.It Cm / { on = $3 == command } /^\.Sh/ { on = 0 } on' $man
}
for command in $commands; do
	about "$command" >"$TMP/about"
	[ -s "$TMP/about" ] || echo "command $command is not in the manual"
	sed -n 's/^\.It Va //p' "$TMP/about" | tr -d ' ' | tr ',' '\n' >"$TMP/keys"
	tables "$command" columns | while read -r key; do
		grep -qx -- "$key" "$TMP/keys" || echo "$command: key $key is not in the manual"
	done
	tables "$command" columns >"$TMP/columns"
	while read -r key; do
		grep -qx -- "$key" "$TMP/columns" || echo "$command: there is no key $key, which the manual has"
	done <"$TMP/keys"
	tables "$command" by | while read -r word; do
		grep -qw -- "$word" "$TMP/about" || echo "$command: --by $word is not in the manual"
	done
	tables "$command" options
done | sort -u >"$TMP/all"
grep -v '^--' "$TMP/all"
# Options of either program, in both directions; $1 = manual, $2 = file of options.
compare() {
	grep '^\.It Fl' "$1" >"$TMP/items"
	while read -r option; do
		grep -qE "Fl Fl ${option#--}( |\$)" "$TMP/items" || echo "option $option is not in $1"
	done <"$2"
	grep -oE 'Fl Fl [a-z-]+' "$TMP/items" | sed 's/Fl Fl /--/' | while read -r option; do
		grep -qx -- "$option" "$2" || echo "there is no option $option, which $1 has"
	done
}
{ grep '^--' "$TMP/all"; echo --version; } >"$TMP/options" # the latter is no command's
compare $man "$TMP/options"
sed -n 's/^\t\(--[a-z]*\)[^ ]*) values="\([a-z ]*\)" ;;$/\1 \2/p' "$TMP/tables" | while read -r option words; do
	[ "$words" != columns ] || continue
	for word in $words; do
		awk -v option="${option#--}" '/^\.It/ { on = $0 ~ "Fl Fl " option "( |$)" } on' $man | grep -qw "$word" ||
			echo "$option $word is not in the manual"
	done
done
record=$(dirname "$TCPTAPE")/tcptape-record
if [ -x "$record" ]; then
	"$record" completion bash | sed -n 's/.*compgen -W "\(--[^"]*\)--".*/\1/p' | tr ' ' '\n' | sed '/^$/d' >"$TMP/options"
	[ -s "$TMP/options" ] || echo "tcptape-record has no options"
	compare docs/tcptape-record.1 "$TMP/options"
fi
echo checked
