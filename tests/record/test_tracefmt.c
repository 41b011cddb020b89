/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Runs in the repository's root: reads testdata/formats. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record/tracefmt.h"

enum { TEXT_SIZE = 64 << 10 };

#define HEAD                                                                                       \
	"name: sample\nID: 7\nformat:\n"                                                           \
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"                     \
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"

static struct tracefmt *parse(const char *text)
{
	struct tracefmt *f = NULL;
	struct error err = {0};

	if (tracefmt_parse(text, strlen(text), &f, &err) != OK)
		fail_msg("%s", err.text);
	return f;
}

static void assert_refused(const char *text, const char *why)
{
	struct tracefmt *f = NULL;
	struct error err = {0};

	assert_int_equal(tracefmt_parse(text, strlen(text), &f, &err), ERR_CORRUPT);
	assert_null(f);
	assert_string_equal(err.text, why);
}

static const struct tracefmt_field *field_of(const struct tracefmt *f, const char *name)
{
	const struct tracefmt_field *field = tracefmt_find(f, name);

	if (!field)
		fail_msg("no field %s in %s", name, f->name);
	return field;
}

/* A file of testdata/formats, parsed. */
static struct tracefmt *kernel_format(const char *path)
{
	static char text[TEXT_SIZE];
	struct tracefmt *f;
	FILE *file;
	size_t len;
	char full[256];

	snprintf(full, sizeof(full), "testdata/formats/%s", path);
	file = fopen(full, "r");
	if (!file)
		fail_msg("cannot open %s", full);
	len = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[len] = '\0';
	f = parse(text);
	return f;
}

static unsigned occurrences(const char *text, const char *word)
{
	unsigned n = 0;

	for (; (text = strstr(text, word)); text += strlen(word))
		n++;
	return n;
}

static unsigned formats_seen;

static int check_file(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	static char text[TEXT_SIZE];
	struct tracefmt *f;
	uint32_t end = 0;
	FILE *file;
	size_t len;

	(void)st;
	if (flag != FTW_F || strstr(path, "README"))
		return 0;
	file = fopen(path, "r");
	assert_non_null(file);
	len = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[len] = '\0';
	f = parse(text);
	assert_string_equal(f->name, path + ftw->base);
	assert_true(f->id > 0);
	assert_int_equal(f->field_count, occurrences(text, "\tfield:"));
	assert_true(text[len - 1] == '\n' && strstr(text, f->print_fmt) != NULL);
	for (size_t i = 0; i < f->field_count; i++) {
		const struct tracefmt_field *field = &f->fields[i];

		assert_true(field->offset >= end);
		end = field->offset + field->size;
		assert_int_equal(field->is_common, i < 4);
		if (!field->is_data_loc)
			assert_int_equal(field->count * field->elem_size, field->size);
		for (size_t j = 0; j < field->symbol_count; j++)
			assert_true(field->symbols[j].is_number ||
				    strncmp(field->symbols[j].value_text, "TCP_", 4) == 0);
	}
	assert_int_equal(f->size, end);
	tracefmt_free(f);
	formats_seen++;
	return 0;
}

static void tracefmt_parses_the_formats_of_four_kernels(void **state)
{
	(void)state;
	formats_seen = 0;
	assert_int_equal(nftw("testdata/formats", check_file, 8, FTW_PHYS), 0);
	assert_true(formats_seen > 100);
}

static void assert_symbol(const struct tracefmt_field *field, int64_t value, const char *name)
{
	for (size_t i = 0; i < field->symbol_count; i++)
		if (field->symbols[i].is_number && field->symbols[i].value == value) {
			assert_string_equal(field->symbols[i].name, name);
			return;
		}
	fail_msg("%s has no name for %lld", field->name, (long long)value);
}

static void tracefmt_finds_the_same_drop_reason_under_each_kernels_number(void **state)
{
	static const struct {
		const char *path;
		int64_t no_socket, reset;
	} kernels[] = {
		{"6.1.0/skb/kfree_skb", 2, 28},
		{"6.12.107/skb/kfree_skb", 3, 39},
		{"6.18.44/skb/kfree_skb", 3, 45},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++) {
		struct tracefmt *f = kernel_format(kernels[i].path);
		const struct tracefmt_field *reason = field_of(f, "reason");

		assert_string_equal(reason->type, "enum skb_drop_reason");
		assert_int_equal(reason->print, PRINT_NAMES);
		assert_false(reason->is_flags);
		assert_symbol(reason, kernels[i].no_socket, "NO_SOCKET");
		assert_symbol(reason, kernels[i].reset, "TCP_RESET");
		tracefmt_free(f);
	}
}

static void tracefmt_knows_how_each_field_of_a_state_change_is_meant(void **state)
{
	struct tracefmt *f = kernel_format("6.18.44/sock/inet_sock_set_state");
	const struct tracefmt_field *field;

	(void)state;
	assert_symbol(field_of(f, "newstate"), 7, "TCP_CLOSE");
	assert_symbol(field_of(f, "oldstate"), 12, "TCP_NEW_SYN_RECV");
	assert_symbol(field_of(f, "protocol"), 262, "IPPROTO_MPTCP");
	assert_int_equal(field_of(f, "saddr")->print, PRINT_IP4);
	assert_int_equal(field_of(f, "daddr_v6")->print, PRINT_IP6);
	assert_int_equal(field_of(f, "sport")->print, PRINT_NUMBER);
	assert_int_equal(field_of(f, "skaddr")->print, PRINT_DEFAULT);
	field = field_of(f, "saddr_v6");
	assert_string_equal(field->type, "__u8");
	assert_int_equal(field->offset, 40);
	assert_int_equal(field->count, 16);
	assert_int_equal(field->elem_size, 1);
	assert_true(field_of(f, "oldstate")->is_signed);
	assert_false(field->is_string);
	tracefmt_free(f);
}

static void tracefmt_knows_symbols_sockaddrs_and_pointers(void **state)
{
	struct tracefmt *f = kernel_format("6.18.44/skb/consume_skb");

	(void)state;
	assert_int_equal(field_of(f, "location")->print, PRINT_SYMBOL);
	assert_int_equal(field_of(f, "skbaddr")->print, PRINT_POINTER);
	tracefmt_free(f);
	f = kernel_format("6.1.0/skb/kfree_skb");
	assert_int_equal(field_of(f, "location")->print, PRINT_POINTER);
	tracefmt_free(f);
	f = kernel_format("6.18.44/sock/sk_data_ready");
	assert_int_equal(field_of(f, "ip")->print, PRINT_SYMBOL);
	tracefmt_free(f);
	f = kernel_format("6.18.44/tcp/tcp_probe");
	assert_int_equal(field_of(f, "saddr")->print, PRINT_SOCKADDR);
	assert_string_equal(field_of(f, "skaddr")->type, "const void *");
	tracefmt_free(f);
}

static void tracefmt_counts_an_array_whose_length_is_an_expression(void **state)
{
	struct tracefmt *f = kernel_format("5.10.0/tcp/tcp_probe");
	const struct tracefmt_field *field = field_of(f, "saddr");

	(void)state;
	assert_int_equal(field->count, 28);
	assert_int_equal(field->elem_size, 1);
	tracefmt_free(f);
}

static void tracefmt_names_states_by_identifier_within_a_ternary(void **state)
{
	struct tracefmt *f = kernel_format("6.18.44/tcp/tcp_send_reset");
	const struct tracefmt_field *field = field_of(f, "state");

	(void)state;
	assert_int_equal(field->symbol_count, 12);
	assert_string_equal(field->symbols[0].value_text, "TCP_ESTABLISHED");
	assert_string_equal(field->symbols[0].name, "TCP_ESTABLISHED");
	assert_false(field->symbols[0].is_number);
	assert_symbol(field_of(f, "reason"), 11, "TCP_ABORT_ON_CLOSE");
	tracefmt_free(f);
}

static void tracefmt_parses_data_loc_strings(void **state)
{
	struct tracefmt *f = kernel_format("6.18.44/net/netif_receive_skb");
	const struct tracefmt_field *field = field_of(f, "name");

	(void)state;
	assert_true(field->is_data_loc && field->is_string && !field->is_rel_loc);
	assert_string_equal(field->type, "__data_loc char[]");
	assert_int_equal(field->size, 4);
	assert_int_equal(field->count, 0);
	assert_int_equal(field->elem_size, 1);
	assert_int_equal(field->print, PRINT_STRING);
	tracefmt_free(f);
}

static void tracefmt_parses_every_way_to_write_a_declaration(void **state)
{
	struct tracefmt *f = parse(
		HEAD "\tfield:__rel_loc char[] r;\toffset:8;\tsize:4;\tsigned:0;\n"
		     "\tfield:unsigned long args[6];\toffset:16;\tsize:48;\tsigned:0;\n"
		     "\tfield:const char * const x;\toffset:64;\tsize:8;\tsigned:0;\n"
		     "\tfield:char comm[TASK_COMM_LEN];\toffset:72;\tsize:16;\tsigned:0;\n"
		     "\tfield:u32 grid[2][3];\toffset:88;\tsize:24;\tsigned:0;\n"
		     "\tfield:__data_loc u64[] list;\toffset:112;\tsize:4;\tsigned:0;\n"
		     "\tfield:__data_loc unsigned char[] raw;\toffset:116;\tsize:4;\tsigned:0;\n"
		     "\tfield:unsigned long tail[];\toffset:120;\tsize:0;\tsigned:0;\n"
		     "\tfield:struct pair pairs[2];\toffset:120;\tsize:24;\tsigned:0;\n");
	const struct tracefmt_field *x = field_of(f, "x");

	(void)state;
	assert_true(field_of(f, "r")->is_rel_loc && field_of(f, "r")->is_string);
	assert_int_equal(field_of(f, "args")->count, 6);
	assert_int_equal(field_of(f, "args")->elem_size, 8);
	assert_string_equal(field_of(f, "args")->type, "unsigned long");
	assert_string_equal(x->type, "const char * const");
	assert_int_equal(x->count, 1);
	assert_int_equal(x->elem_size, 8);
	assert_false(x->is_string);
	assert_int_equal(field_of(f, "comm")->count, 16);
	assert_true(field_of(f, "comm")->is_string);
	assert_int_equal(field_of(f, "grid")->count, 6);
	assert_int_equal(field_of(f, "grid")->elem_size, 4);
	assert_int_equal(field_of(f, "list")->elem_size, 8);
	assert_false(field_of(f, "raw")->is_string);
	assert_int_equal(field_of(f, "tail")->count, 0);
	assert_int_equal(field_of(f, "pairs")->elem_size, 12);
	assert_int_equal(f->size, 144);
	assert_string_equal(f->print_fmt, "");
	assert_true(field_of(f, "common_pid")->is_common);
	assert_false(x->is_common);
	tracefmt_free(f);
}

#define FIELDS                                                                                     \
	"\tfield:unsigned long ip;\toffset:8;\tsize:8;\tsigned:0;\n"                               \
	"\tfield:unsigned int flags;\toffset:16;\tsize:4;\tsigned:0;\n"                            \
	"\tfield:__data_loc char[] name;\toffset:20;\tsize:4;\tsigned:0;\n"                        \
	"\tfield:const char * text;\toffset:24;\tsize:8;\tsigned:0;\n"                             \
	"\tfield:__u8 addr[4];\toffset:32;\tsize:4;\tsigned:0;\n"

static struct tracefmt *parse_print(const char *print_fmt)
{
	char text[4096];

	snprintf(text, sizeof(text), "%s%s\nprint fmt: %s\n", HEAD, FIELDS, print_fmt);
	return parse(text);
}

static void assert_print(const char *print_fmt, const char *field, enum tracefmt_print print)
{
	struct tracefmt *f = parse_print(print_fmt);

	if (field_of(f, field)->print != print)
		fail_msg("%s: %s is %d, not %d", print_fmt, field, (int)field_of(f, field)->print,
			 (int)print);
	tracefmt_free(f);
}

static void tracefmt_sees_a_field_through_casts_and_parentheses(void **state)
{
	(void)state;
	assert_print("\"%pS\", (void *)REC->ip", "ip", PRINT_SYMBOL);
	assert_print("\"%pS\", ((void *)((unsigned long)(REC->ip)))", "ip", PRINT_SYMBOL);
	assert_print("\"0x%08lx\", ((unsigned long)(REC->ip))", "ip", PRINT_NUMBER);
	assert_print("\"%ps\", (void *)__entry->ip", "ip", PRINT_SYMBOL);
	assert_print("\"%pI4\", &REC->addr", "addr", PRINT_IP4);
	assert_print("\"%pI4\", REC->addr", "addr", PRINT_IP4);
	assert_print("\"%s\", (char *)__get_dynamic_array(name)", "name", PRINT_STRING);
	assert_print("\"%s\", __get_str(name)", "name", PRINT_STRING);
	assert_print("\"%s\", REC->flags ? __get_str(name) : \"-\"", "name", PRINT_STRING);
	assert_print("\"%pISpc\", __get_sockaddr(addr)", "addr", PRINT_SOCKADDR);
	assert_print("\"%px\", REC->text", "text", PRINT_POINTER);
	assert_print("\"%pK\", REC->text", "text", PRINT_POINTER);
	assert_print("\"%pB\", (void *)REC->ip", "ip", PRINT_SYMBOL);
}

static void tracefmt_keeps_defaults_for_what_is_more_than_a_field(void **state)
{
	(void)state;
	assert_print("\"%pS\", (void *)REC->ip + 4", "ip", PRINT_DEFAULT);
	assert_print("\"%d\", ntohs(REC->flags)", "flags", PRINT_DEFAULT);
	assert_print("\"%d\", REC->flags & 3", "flags", PRINT_DEFAULT);
	assert_print("\"%pM\", REC->addr", "addr", PRINT_DEFAULT);
	assert_print("\"%pI4\", REC->addr[0]", "addr", PRINT_DEFAULT);
	assert_print("\"%s\", REC->text", "text", PRINT_DEFAULT);
	assert_print("\"%d\", REC->other", "ip", PRINT_DEFAULT);
}

static void tracefmt_pairs_conversions_with_their_arguments(void **state)
{
	(void)state;
	assert_print("\"100%% %*d %pS\", 3, REC->flags, (void *)REC->ip", "ip", PRINT_SYMBOL);
	assert_print("\"%*.*s %u\", 1, 2, \"a,b)\", REC->flags", "flags", PRINT_NUMBER);
	assert_print("\"x=%\" \"llx\" \" ip=%pS\", REC->flags, REC->ip", "ip", PRINT_SYMBOL);
	assert_print("\"%s %pS\", (f(REC->flags, \"),\") ? \"a\" : \"b\"), REC->ip", "ip",
		     PRINT_SYMBOL);
	assert_print("\"%c %pS\", ',', REC->ip", "ip", PRINT_SYMBOL);
	assert_print("\"%x %pS\", REC->ip, REC->ip", "ip", PRINT_SYMBOL);
	assert_print("\"%pS %x\", REC->ip, REC->ip", "ip", PRINT_SYMBOL);
}

static void tracefmt_names_bits_and_their_expressions(void **state)
{
	struct tracefmt *f = parse_print(
		"\"%s\", (REC->flags) ? __print_flags((unsigned long)REC->flags, \"|\", "
		"{ (1UL << 0), \"A\" }, {0x10, \"B,\\\"}\" }, { (1 << BIT), \"C\" \"D\" }, "
		"{ -1, NULL }) : \"none\"");
	const struct tracefmt_field *flags = field_of(f, "flags");

	(void)state;
	assert_true(flags->is_flags);
	assert_int_equal(flags->print, PRINT_NAMES);
	assert_int_equal(flags->symbol_count, 3);
	assert_symbol(flags, 1, "A");
	assert_string_equal(flags->symbols[0].value_text, "(1UL << 0)");
	assert_symbol(flags, 16, "B,\\\"}");
	assert_false(flags->symbols[2].is_number);
	assert_string_equal(flags->symbols[2].name, "CD");
	tracefmt_free(f);
}

static void tracefmt_names_nothing_when_only_part_of_a_field_is_printed(void **state)
{
	struct tracefmt *f = parse_print(
		"\"%s %s\", __print_symbolic(REC->flags & 3, { 1, \"A\" }), "
		"__print_symbolic(REC->nothing, { 1, \"A\" })");

	(void)state;
	assert_int_equal(field_of(f, "flags")->symbol_count, 0);
	assert_int_equal(field_of(f, "flags")->print, PRINT_DEFAULT);
	tracefmt_free(f);
}

static void tracefmt_survives_a_print_fmt_cut_anywhere(void **state)
{
	const char *whole = "\"a %s b=%pISpc %-*d\", __print_symbolic((u8)(REC->flags), "
			    "{ (1 << 2), \"A\" }, { B, \"B\\\"\" }), &REC->addr, 3, "
			    "REC->ip ? __get_str(name) : '\\''";
	char cut[256];

	(void)state;
	for (size_t len = 0; len <= strlen(whole); len++) {
		snprintf(cut, sizeof(cut), "%.*s", (int)len, whole);
		tracefmt_free(parse_print(cut));
	}
}

static void tracefmt_survives_deep_nesting(void **state)
{
	enum { DEPTH = 20000 };
	char *print_fmt = malloc(3 * DEPTH), *text = malloc(4 * DEPTH);

	(void)state;
	assert_true(print_fmt && text);
	memset(print_fmt, '(', DEPTH);
	memset(print_fmt + DEPTH, ')', DEPTH);
	print_fmt[2 * DEPTH] = '\0';
	snprintf(text, 4 * DEPTH, "%s%s\nprint fmt: \"%%d\", __print_symbolic(%s", HEAD, FIELDS,
		 print_fmt);
	tracefmt_free(parse(text));
	free(print_fmt);
	free(text);
}

static void tracefmt_says_in_which_line_it_stopped(void **state)
{
	(void)state;
	assert_refused("", "format file without the name of an event");
	assert_refused("name: \nID: 1\n", "format file, line 1: no name of an event");
	assert_refused("name: a\033b\nID: 1\n", "format file, line 1: no name of an event");
	assert_refused("name: x\nID: y\n", "format file, line 2: an ID that is no number");
	assert_refused("name: x\nID: 4294967296\n", "format file, line 2: an ID that is no number");
	assert_refused(HEAD "\tfield:int a;\tsize:4;\tsigned:0;\n",
		       "format file, line 7: a field without usable offset and size");
	assert_refused(HEAD "\tfield:int a;\toffset:70000;\tsize:4;\n",
		       "format file, line 7: a field without usable offset and size");
	assert_refused(HEAD "\tfield:int a;\toffset:65536;\tsize:4;\n",
		       "format file, line 7: a field without usable offset and size");
	assert_refused(HEAD "\tfield:int a;\toffset:-8;\tsize:4;\n",
		       "format file, line 7: a field without usable offset and size");
	assert_refused(HEAD "\tfield:;\toffset:8;\tsize:4;\n",
		       "format file, line 7: a field without type or name");
	assert_refused(HEAD "\tfield:lonely;\toffset:8;\tsize:4;\n",
		       "format file, line 7: a field without type or name");
	assert_refused(HEAD "\tfield:int ];\toffset:8;\tsize:4;\n",
		       "format file, line 7: a field without type or name");
}

static void tracefmt_refuses_more_fields_and_text_than_its_limits(void **state)
{
	static char text[TRACEFMT_MAX_TEXT + 2];
	struct tracefmt *f = NULL;
	struct error err = {0};
	int len = snprintf(text, sizeof(text), "name: x\n");

	(void)state;
	for (int i = 0; i <= TRACEFMT_MAX_FIELDS; i++)
		len += snprintf(text + len, sizeof(text) - (size_t)len,
				"\tfield:int f%d;\toffset:%d;\tsize:4;\n", i, i * 4);
	assert_refused(text, "format file, line 242: more than 240 fields");
	memset(text, ' ', sizeof(text) - 1);
	assert_int_equal(tracefmt_parse(text, TRACEFMT_MAX_TEXT + 1, &f, &err), ERR_CORRUPT);
	assert_null(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tracefmt_parses_the_formats_of_four_kernels),
		cmocka_unit_test(tracefmt_finds_the_same_drop_reason_under_each_kernels_number),
		cmocka_unit_test(tracefmt_knows_how_each_field_of_a_state_change_is_meant),
		cmocka_unit_test(tracefmt_knows_symbols_sockaddrs_and_pointers),
		cmocka_unit_test(tracefmt_counts_an_array_whose_length_is_an_expression),
		cmocka_unit_test(tracefmt_names_states_by_identifier_within_a_ternary),
		cmocka_unit_test(tracefmt_parses_data_loc_strings),
		cmocka_unit_test(tracefmt_parses_every_way_to_write_a_declaration),
		cmocka_unit_test(tracefmt_sees_a_field_through_casts_and_parentheses),
		cmocka_unit_test(tracefmt_keeps_defaults_for_what_is_more_than_a_field),
		cmocka_unit_test(tracefmt_pairs_conversions_with_their_arguments),
		cmocka_unit_test(tracefmt_names_bits_and_their_expressions),
		cmocka_unit_test(tracefmt_names_nothing_when_only_part_of_a_field_is_printed),
		cmocka_unit_test(tracefmt_survives_a_print_fmt_cut_anywhere),
		cmocka_unit_test(tracefmt_survives_deep_nesting),
		cmocka_unit_test(tracefmt_says_in_which_line_it_stopped),
		cmocka_unit_test(tracefmt_refuses_more_fields_and_text_than_its_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
