/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* main.c -- the commands of tcptape, and nothing else. */
#include <signal.h>

#include "analyze/cmd_record.h"
#include "analyze/cmd_recover.h"
#include "analyze/cmd_verify.h"
#include "analyze/command.h"
#include "analyze/counts.h"
#include "analyze/exchange_groups.h"
#include "analyze/scope.h"
#include "format/standard_streams.h"
#include "format/version.h"

#define SHARED (OPTIONS_SELECTION | OPTIONS_QUERY | OPTIONS_READ | OPTIONS_OUTPUT)

/* clang-format off */
static const struct command commands[] = {
	{"record", "record on this host: runs tcptape-record", 0, .run = cmd_record, .examples = {
		{"-o web.tape -d 10", "ten seconds of this host"},
		{"-o hello.tape -- ./client", "until a program has ended"}}},
	{"info", "what the tape holds: host, clocks, events, losses, recorder cost",
	 SHARED | OPTIONS_INFO,
	 SPARE_AFTER | SPARE_BEFORE | SPARE_NUMBERS, .view = view_info, .tables = {&info_table, &events_table}, .examples = {
		{"hello.tape", "one page about the recording"},
		{"-f json *.tape", "one JSON object for each recording"},
		{"hello.tape --events", "its events and their fields, as `tplist -v` has them"}}},
	{"replay", "every event again in time order, with every field", SHARED | OPTIONS_REPLAY,
	 SPARE_AFTER | SPARE_BEFORE, .view = view_replay, .tables = {&replay_table}, .examples = {
		{"hello.tape --port 8080", "all events of the connections with port 8080"},
		{"hello.tape -e 'tcp:tcp_probe' -f json", "one kind of event, a JSON object each"},
		{"hello.tape --since 1.5 --until 2s", "half a second of it"},
		{"hello.tape --speed 0.001", "a thousand times slower than it happened"}}},
	{"conns", "one row per socket life: who, where, bytes, time in each state, how it ended",
	 SHARED | OPTIONS_CONNS, .view = view_conns, .tables = {&conns_table, &budget_table}, .examples = {
		{"hello.tape", "every connection on the tape"},
		{"hello.tape --budget", "where the time of each went"},
		{"hello.tape --comm 'nginx*' -f csv", "those of nginx, as CSV"}}},
	{"states", "every state change with the time spent in the state left", SHARED,
	 SPARE_AFTER, .view = view_states, .tables = {&states_table}, .examples = {
		{"hello.tape --port 8080", "how connections with port 8080 came and went"}}},
	{"timeline", "one connection, both sides interleaved, every event with deltas", SHARED,
	 .view = view_timeline, .tables = {&timeline_table}, .examples = {
		{"hello.tape --conn 2", "connection 2 of `tcptape conns`, with its peer"}}},
	{"exchanges", "client and server turns: request, think time, response, who waited",
	 SHARED | OPTIONS_BY, .view = view_exchanges,
	 .tables = {&exchanges_table, &exchange_groups_tables[EXCHANGES_BY_SERVICE],
		    &exchange_groups_tables[EXCHANGES_BY_PEER], &exchange_groups_tables[EXCHANGES_BY_CONN]},
	 .by = {"service", "peer", "conn"}, .examples = {
		{"hello.tape", "who asked whom, and who waited how long"},
		{"web.tape --by service", "how long each service took, by percentiles"}}},
	{"rtt", "round-trip times: how they are spread, in all, by peer, service or connection",
	 SHARED | OPTIONS_BY, SPARE_AFTER, .view = view_rtt, .tables = {&rtt_table}, .by = {"peer", "service", "conn"}, .examples = {
		{"hello.tape", "one histogram of all"},
		{"hello.tape --by service", "one for each service that was asked"},
		{"hello.tape --by peer -f json", "for programs: percentiles of each peer, and the histogram"}}},
	{"drops", "packets the kernel dropped: why, where in it, of which connection",
	 SHARED | OPTIONS_BY | OPTIONS_ALL, SPARE_AFTER | SPARE_BEFORE, .view = view_drops,
	 .tables = {&drops_table, &counts_tables[COUNTS_REASON], &counts_tables[COUNTS_LOCATION],
		    &counts_tables[COUNTS_CONN], &counts_tables[COUNTS_STACK], &counts_tables[COUNTS_SECOND]},
	 .by = {"reason", "location", "conn", "stack", "second"}, .examples = {
		{"web.tape", "every loss inside this host"},
		{"web.tape --by reason", "how many for which reason"},
		{"web.tape --all --port 443", "also duplicates and what a close left over"}}},
	{"top", "bytes and retransmits of each connection in each interval, the busiest first",
	 SHARED | OPTIONS_TOP, SPARE_AFTER, .view = view_top, .tables = {&top_table}, .examples = {
		{"web.tape", "second by second"},
		{"web.tape --interval 10ms --since 2s --until 3s", "a second of it, more closely"},
		{"web.tape -f csv --comm nginx", "for a spreadsheet: those of nginx"}}},
	{"cwnd", "the congestion window over time, with all that limits it",
	 SHARED | OPTIONS_BY, SPARE_AFTER, .view = view_cwnd, .tables = {&cwnd_table, &cwnd_conns_table}, .by = {"conn"}, .examples = {
		{"web.tape", "a sparkline of each connection"},
		{"web.tape --conn 7", "one of them, and when its window changed"},
		{"web.tape --port 443 -f csv", "every sample, for a plot"},
		{"web.tape --by conn --sort -max_cwnd --limit 10", "the widest windows"}}},
	{"retransmits", "what TCP sent again: what made it, and whether it was needed",
	 SHARED | OPTIONS_BY, 0, .view = view_retransmits,
	 .tables = {&retransmits_table, &counts_tables[COUNTS_KIND], &counts_tables[COUNTS_CONN],
		    &counts_tables[COUNTS_PEER], &counts_tables[COUNTS_SERVICE], &counts_tables[COUNTS_SECOND]},
	 .by = {"kind", "conn", "peer", "service", "second"}, .examples = {
		{"web.tape", "every retransmission, with its kind"},
		{"web.tape --by peer", "to whom most is lost"},
		{"web.tape --by kind --port 443", "timeouts or fast retransmits?"}}},
	{"resets", "every RST: who sent it, why, and how far the connection was",
	 SHARED | OPTIONS_BY, 0, .view = view_resets,
	 .tables = {&resets_table, &counts_tables[COUNTS_REASON], &counts_tables[COUNTS_CONN],
		    &counts_tables[COUNTS_STAGE], &counts_tables[COUNTS_DIRECTION]},
	 .by = {"reason", "conn", "stage", "direction"}, .examples = {
		{"web.tape", "every reset, both ends in one row"},
		{"web.tape --by reason", "why this host reset connections"}}},
	{"verify", "check every block; say what is damaged and what survives", SHARED,
	 .view_blocks = cmd_verify, .tables = {&verify_table}, .examples = {
		{"hello.tape", "exit with 3 when something is damaged"}}},
	{"recover", "write a whole tape of what survives of a damaged one", OPTIONS_READ | OPTIONS_WRITE,
	 .write = cmd_recover, .examples = {
		{"broken.tape -o sound.tape", "exit with 3 when something was missing"}}},
	{0},
};
/* clang-format on */

int main(int argc, char **argv)
{
	static const struct command_table table = {commands, TCPTAPE_VERSION};

	standard_streams_hold();
	/* A reader that goes away (| head) is an ordinary end, seen as EPIPE; an output as large as
	 * `ulimit -f` allows is a failed write, seen as EFBIG. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	return command_main(&table, argc, argv, stdout, stderr);
}
