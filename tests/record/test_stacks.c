/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Records with stacks, made by hand, and a table of stacks in the running kernel; skipped
 * where no BPF map can be made or the kernel has no BTF. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "bpf/wire.h"
#include "record/stacks.h"
#include "tests/record/fake_kernel.h"

static const char consume_fields[] = "\tfield:void * skbaddr;\toffset:8;\tsize:8;\tsigned:0;\n"
				     "\tfield:void * location;\toffset:16;\tsize:8;\tsigned:0;\n";
static const char plain_fields[] = "\tfield:long number;\toffset:8;\tsize:8;\tsigned:1;\n";
static const char taken_fields[] = "\tfield:long stack;\toffset:8;\tsize:8;\tsigned:1;\n";

/* A tape with stacks, and the table they come from. */
struct scene {
	struct fake_tape tape;
	struct stacks *stacks;
	int table;
};

static int set_up(void **state)
{
	struct fake_kernel *k = fake_kernel_new();

	*state = k;
	if (!k)
		return 0;
	fake_kernel_add(k, "skb", "consume_skb", consume_fields, "\"%p\", REC->skbaddr");
	fake_kernel_add(k, "made", "plain", plain_fields, "\"%ld\", REC->number");
	fake_kernel_add(k, "made", "taken", taken_fields, "\"%ld\", REC->stack");
	return 0;
}

static int tear_down(void **state)
{
	fake_kernel_free(*state);
	return 0;
}

/* An array stands for the kernel's table: only programs can fill that. */
static int make_table(void)
{
	return bpf_map_create(BPF_MAP_TYPE_ARRAY, "test_stacks", sizeof(uint32_t),
			      WIRE_STACK_FRAMES * sizeof(uint64_t), 8, NULL);
}

static void put_stack(int table, uint32_t slot, uint64_t first)
{
	uint64_t addresses[WIRE_STACK_FRAMES] = {first, first + 1};

	assert_int_equal(bpf_map_update_elem(table, &slot, addresses, 0), 0);
}

static struct catalog *choose(void **state, const char *events, const char *glob)
{
	struct name_list globs = {0};
	struct catalog *c = NULL;

	if (!*state)
		skip();
	assert_int_equal(fake_kernel_catalog(*state, events, &c, NULL), OK);
	assert_int_equal(name_list_add(&globs, glob, NULL), OK);
	assert_int_equal(catalog_choose_stacks(c, &globs, NULL), OK);
	name_list_release(&globs);
	return c;
}

static void begin(void **state, struct scene *s, const char *events, const char *glob)
{
	struct catalog *c;

	s->table = make_table();
	if (s->table < 0)
		skip();
	c = choose(state, events, glob);
	fake_tape_begin(&s->tape, c);
	assert_int_equal(stacks_open(s->table, s->tape.writer, catalog_dictionaries(c)[DICT_STACK],
				     NULL, &s->stacks, NULL),
			 OK);
	resolver_set_stacks(s->tape.resolver, s->stacks);
}

static void end(struct scene *s)
{
	fake_tape_release(&s->tape);
	stacks_close(s->stacks);
	close(s->table);
}

struct plain {
	struct wire_head head;
	int64_t number;
	uint64_t first;
};

static void add_plain(struct scene *s, uint64_t ts_ns, uint16_t stack, uint64_t first)
{
	struct plain r = {.head = {.ts_ns = ts_ns, .event = WIRE_TYPED_END, .stack = stack},
			  .first = first};

	assert_int_equal(translator_add(s->tape.translator, &r, sizeof(r), NULL), OK);
}

static void add(struct scene *s, uint16_t event, uint64_t ts_ns, uint16_t stack)
{
	struct wire_skb r = {.head = {.ts_ns = ts_ns, .event = event, .stack = stack}};

	assert_int_equal(translator_add(s->tape.translator, &r, sizeof(r), NULL), OK);
}

static void next_is(struct scene *s, struct item *item, const char *text)
{
	assert_true(fake_tape_next(&s->tape, item));
	if (text)
		fake_assert_bytes(&item->event, "stack", text, strlen(text));
	else
		assert_true(fake_is_null(&item->event, "stack"));
}

static uint32_t stack_id(const struct item *item)
{
	const struct schema *s = item->event.schema;

	return event_ref(&item->event, s->fields[schema_find(s, "stack")].ref);
}

static void stacks_are_written_once_each(void **state)
{
	struct scene s;
	struct item item;
	uint32_t first;

	begin(state, &s, "skb:*", "skb:consume_skb");
	put_stack(s.table, 0, 0x1000);
	put_stack(s.table, 7, 0x7000);
	add(&s, WIRE_CONSUME_SKB, 1, 1);
	add(&s, WIRE_CONSUME_SKB, 2, 8);
	add(&s, WIRE_CONSUME_SKB, 3, 1);
	fake_tape_read(&s.tape);
	next_is(&s, &item, "0x1000;0x1001");
	first = stack_id(&item);
	next_is(&s, &item, "0x7000;0x7001");
	assert_int_not_equal(stack_id(&item), first);
	next_is(&s, &item, "0x1000;0x1001");
	assert_int_equal(stack_id(&item), first);
	end(&s);
}

static void stacks_that_are_not_to_be_had_are_null_and_counted(void **state)
{
	struct scene s;
	struct item item;

	begin(state, &s, "skb:*", "*");
	put_stack(s.table, (WIRE_STACK_MISSING - 1) % 8, 0x1000);
	add(&s, WIRE_CONSUME_SKB, 1, WIRE_STACK_MISSING);
	add(&s, WIRE_CONSUME_SKB, 2, 100); /* not in the table */
	add(&s, WIRE_CONSUME_SKB, 3, 0);
	assert_int_equal(stacks_facts(s.stacks, s.tape.writer, NULL), OK);
	fake_tape_read(&s.tape);
	for (int i = 0; i < 3; i++)
		next_is(&s, &item, NULL);
	assert_non_null(strstr(fact_list_find(&item.section->facts, "unavailable"),
			       "stack: 2 events have none"));
	end(&s);
}

static void stacks_are_told_again_in_a_new_epoch(void **state)
{
	struct scene s;
	struct item item;
	uint32_t epoch;

	begin(state, &s, "skb:*", "*");
	put_stack(s.table, 0, 0x1000);
	epoch = writer_epoch(s.tape.writer);
	/* Tasks fill the epoch. */
	for (uint32_t i = 0; writer_epoch(s.tape.writer) < epoch + 2; i++) {
		struct wire_skb r = {
			.head = {.ts_ns = i, .event = WIRE_CONSUME_SKB, .tid = i, .stack = 1}};

		assert_int_equal(translator_add(s.tape.translator, &r, sizeof(r), NULL), OK);
		assert_true(i < 1 << 22);
	}
	fake_tape_read(&s.tape);
	while (fake_tape_next(&s.tape, &item))
		fake_assert_bytes(&item.event, "stack", "0x1000;0x1001", 13);
	end(&s);
}

static void stacks_of_a_generic_event_are_the_same(void **state)
{
	struct scene s;
	struct item item;

	begin(state, &s, "made:plain", "made:*");
	put_stack(s.table, 2, 0x3000);
	assert_int_equal(catalog_at(s.tape.catalog, 0)->layout.record_bytes, sizeof(struct plain));
	add_plain(&s, 1, 3, 0);
	fake_tape_read(&s.tape);
	next_is(&s, &item, "0x3000;0x3001");
	end(&s);
}

/* Its slot was taken: the kernel kept it without the innermost frame. */
static void stacks_may_get_their_innermost_frame_from_the_record(void **state)
{
	struct scene s;
	struct item item;
	uint32_t first;

	begin(state, &s, "made:plain", "made:*");
	put_stack(s.table, 2, 0x3000);
	add_plain(&s, 1, 3, 0x5000);
	add_plain(&s, 2, 3, 0);
	add_plain(&s, 3, 3, 0x6000);
	add_plain(&s, 4, 3, 0x5000);
	fake_tape_read(&s.tape);
	next_is(&s, &item, "0x5000;0x3000;0x3001");
	first = stack_id(&item);
	next_is(&s, &item, "0x3000;0x3001");
	next_is(&s, &item, "0x6000;0x3000;0x3001");
	next_is(&s, &item, "0x5000;0x3000;0x3001");
	assert_int_equal(stack_id(&item), first);
	end(&s);
}

static void stacks_do_not_take_the_name_of_a_field(void **state)
{
	struct scene s;
	struct item item;

	begin(state, &s, "made:taken", "*");
	put_stack(s.table, 0, 0x1000);
	add_plain(&s, 1, 1, 0);
	fake_tape_read(&s.tape);
	assert_true(fake_tape_next(&s.tape, &item));
	assert_int_equal(fake_int(&item.event, "stack"), 0);
	fake_assert_bytes(&item.event, "kernel_stack", "0x1000;0x1001", 13);
	end(&s);
}

static void stacks_nobody_asked_for_leave_no_trace(void **state)
{
	struct fake_tape t;
	struct item item;
	struct wire_skb r = {.head = {.event = WIRE_CONSUME_SKB}};
	struct catalog *c = NULL;

	if (!*state)
		skip();
	assert_int_equal(fake_kernel_catalog(*state, "*", &c, NULL), OK);
	assert_false(catalog_has_stacks(c));
	fake_tape_begin(&t, c);
	assert_int_equal(translator_add(t.translator, &r, sizeof(r), NULL), OK);
	fake_tape_read(&t);
	assert_true(fake_tape_next(&t, &item));
	assert_int_equal(schema_find(item.event.schema, "stack"), -1);
	assert_int_equal(catalog_dictionaries(c)[DICT_STACK], 0);
	fake_tape_release(&t);
}

static void stacks_are_for_events_that_are_recorded(void **state)
{
	struct catalog *c = choose(state, "made:*", "taken");
	struct name_list globs = {0};
	struct error err = {0};

	assert_true(catalog_at(c, 1)->has_stack);
	assert_false(catalog_at(c, 0)->has_stack);
	name_list_add(&globs, "skb:consume_skb", NULL);
	assert_int_equal(catalog_choose_stacks(c, &globs, &err), ERR_USAGE);
	assert_non_null(strstr(err.text, "'skb:consume_skb' matches none of the events"));
	name_list_release(&globs);
	name_list_add(&globs, "!taken", NULL);
	assert_int_equal(catalog_choose_stacks(c, &globs, &err), ERR_USAGE);
	assert_non_null(strstr(err.text, "leaves no event"));
	name_list_release(&globs);
	catalog_close(c);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(stacks_are_written_once_each),
		TEST(stacks_that_are_not_to_be_had_are_null_and_counted),
		TEST(stacks_are_told_again_in_a_new_epoch),
		TEST(stacks_of_a_generic_event_are_the_same),
		TEST(stacks_may_get_their_innermost_frame_from_the_record),
		TEST(stacks_do_not_take_the_name_of_a_field),
		TEST(stacks_nobody_asked_for_leave_no_trace),
		TEST(stacks_are_for_events_that_are_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
