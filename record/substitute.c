/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* substitute.c -- the table of events made at the end of functions. */
#include "record/substitute.h"

#include <stdio.h>
#include <string.h>

#define LENGTH_FORMAT                                                                              \
	"format:\n"                                                                                \
	"\tfield:void * sk;\toffset:8;\tsize:8;\tsigned:0;\n"                                      \
	"\tfield:__u16 family;\toffset:16;\tsize:2;\tsigned:0;\n"                                  \
	"\tfield:__u16 protocol;\toffset:18;\tsize:2;\tsigned:0;\n"                                \
	"\tfield:int ret;\toffset:20;\tsize:4;\tsigned:1;\n"                                       \
	"\tfield:int flags;\toffset:24;\tsize:4;\tsigned:1;\n\n"                                   \
	"print fmt: \"family = %s protocol = %s\", "                                               \
	"__print_symbolic(REC->family, { 2, \"AF_INET\" }, { 10, \"AF_INET6\" }), "                \
	"__print_symbolic(REC->protocol, { 6, \"IPPROTO_TCP\" }, { 33, \"IPPROTO_DCCP\" }, "       \
	"{ 132, \"IPPROTO_SCTP\" }, { 262, \"IPPROTO_MPTCP\" })\n"

/* sock_sendmsg() and sock_recvmsg() call these, and 6.3's events (6e6eda44b939) tell of their
 * ends. Until 6.5 sendfile() goes through inet_sendpage(), later through sock_sendmsg(). */
static const struct substitute table[] = {
	{"sock",
	 "sock_send_length",
	 "6.3",
	 "name: sock_send_length\n" LENGTH_FORMAT,
	 {"inet_sendmsg", "inet6_sendmsg", "inet_sendpage"}},
	{"sock",
	 "sock_recv_length",
	 "6.3",
	 "name: sock_recv_length\n" LENGTH_FORMAT,
	 {"inet_recvmsg", "inet6_recvmsg"}},
};

const struct substitute *substitutes(void)
{
	return table;
}

size_t substitute_count(void)
{
	return sizeof(table) / sizeof(table[0]);
}

const struct substitute *substitute_find(const struct btf_enums *b, const char *group,
					 const char *name)
{
	for (size_t i = 0; i < substitute_count(); i++)
		if (strcmp(table[i].group, group) == 0 && strcmp(table[i].name, name) == 0)
			return btf_enums_has_tracepoint(b, name) ? NULL : &table[i];
	return NULL;
}

bool substitute_has(const struct substitute *s, const struct btf_enums *b, size_t index)
{
	return index < SUBSTITUTE_MAX_FUNCTIONS && s->functions[index] &&
	       btf_enums_has_function(b, s->functions[index]);
}

/* Until 5.12 (e21aa341785c, and 5.10's and 5.11's stable releases) a program at the end of a
 * function that sleeps could be freed while somebody slept there. */
static bool is_safe(const struct btf_enums *b)
{
	return btf_enums_has_struct(b, "bpf_tramp_image");
}

bool substitute_is_possible(const struct substitute *s, const struct btf_enums *b, char *why,
			    size_t size)
{
	size_t len, count = 0;

	if (btf_enums_trouble(b)) {
		snprintf(why, size, "the kernel has it since %s, and without BTF it cannot be made",
			 s->since);
		return false;
	}
	if (!is_safe(b)) {
		snprintf(why, size,
			 "the kernel has it since %s, and this one cannot run programs at the end "
			 "of functions that sleep (before 5.12)",
			 s->since);
		return false;
	}
	len = (size_t)snprintf(why, size, "the kernel has it since %s; made at the end of",
			       s->since);
	for (size_t i = 0; i < SUBSTITUTE_MAX_FUNCTIONS && len < size; i++)
		if (substitute_has(s, b, i))
			len += (size_t)snprintf(why + len, size - len, "%s %s", count++ ? "," : "",
						s->functions[i]);
	if (!count)
		snprintf(why, size,
			 "the kernel has it since %s, and here no function to make it at",
			 s->since);
	return count != 0;
}
