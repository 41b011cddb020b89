# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Every JSON key, command and option is in the manual. The keys are the head of the CSV output.
tape=testdata/hello.tape
[ -f $tape ] || { echo "$tape does not exist"; exit 77; }
# The part of the manual about a command, without markup.
about() {
	awk -v command="$1" '/^\.It Cm / { on = $3 == command } /^\.Sh/ { on = 0 } on' docs/tcptape.1
}
for command in info replay conns budget states timeline exchanges rtt top cwnd drops verify; do
	case $command in timeline) option='--conn 1' ;; budget) command=conns option=--budget ;; *) option= ;; esac
	about $command >"$TMP/man"
	[ -s "$TMP/man" ] || echo "$command is not in the manual"
	"$TCPTAPE" $command $tape $option -f csv 2>/dev/null | head -n 1 | tr ',' '\n' | while read -r key; do
		grep -qw -- "$key" "$TMP/man" || echo "$command: key $key is not in the manual"
	done
done
for command in $("$TCPTAPE" --help | sed -n '/^Commands/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
	grep -q "^\.It Cm $command" docs/tcptape.1 || echo "command $command is not in the manual"
done
for option in $(for command in replay drops top; do "$TCPTAPE" $command --help; done | sed -n 's/^  [-a-z, ]*--\([a-z-]*\).*/\1/p'); do
	grep -q "Fl Fl $option" docs/tcptape.1 || echo "option $option is not in the manual"
done
echo checked
