/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The reader's side of lanes and ring, over memory that is written here as programs write it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>
#include <linux/bpf.h>

#include "record/drain.h"

enum { LANES = 3, LANE = 32 << 10, RING = 64 << 10 };

struct source {
	struct drain_source to;
	char *lanes, *ring;
	struct drain *drain;
	size_t page;
};

static char *shared(int *fd, size_t bytes)
{
	char *at;

	*fd = memfd_create("test", 0);
	assert_true(*fd >= 0);
	assert_int_equal(ftruncate(*fd, (off_t)bytes), 0);
	at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
	assert_true(at != MAP_FAILED);
	return at;
}

static struct source *open_source(size_t lanes)
{
	struct source *s = calloc(1, sizeof(*s));
	struct error err;

	assert_non_null(s);
	s->page = (size_t)sysconf(_SC_PAGESIZE);
	s->lanes = shared(&s->to.lanes_fd, LANES * percpu_value_bytes(LANE));
	s->ring = shared(&s->to.ring_fd, 2 * s->page + 2 * RING);
	s->to.ring_bytes = RING;
	s->to.lanes = (struct percpu_size){.count = lanes, .bytes = lanes ? LANE : 0};
	assert_int_equal(drain_open(&s->to, &s->drain, &err), 0);
	return s;
}

static void close_source(struct source *s)
{
	drain_close(s->drain);
	munmap(s->lanes, LANES * percpu_value_bytes(LANE));
	munmap(s->ring, 2 * s->page + 2 * RING);
	close(s->to.lanes_fd);
	close(s->to.ring_fd);
	free(s);
}

static struct wire_lane *lane_of(struct source *s, size_t lane)
{
	return (struct wire_lane *)(s->lanes + lane * percpu_value_bytes(LANE));
}

/* As lane_begin() and lane_end() in bpf/emit.h. False when there is no room. */
static bool put_lane(struct source *s, size_t lane, uint64_t ts_ns, uint32_t len)
{
	struct wire_lane *l = lane_of(s, lane);
	uint64_t bytes = (sizeof(struct wire_frame) + len + 7) & ~7u;
	struct wire_frame *f = (void *)&l->data[WIRE_LANE_DATA + (l->head & (LANE - 1))];
	struct wire_head *h = (void *)(f + 1);

	if (l->head + bytes - l->tail > LANE)
		return false;
	f->len = len;
	memset(h, (int)ts_ns, len);
	h->ts_ns = ts_ns;
	h->cpu = (uint16_t)lane;
	l->head += bytes;
	return true;
}

static void put_ring(struct source *s, uint64_t ts_ns, uint32_t flags)
{
	unsigned long *produced = (void *)(s->ring + s->page);
	uint32_t *header = (void *)(s->ring + 2 * s->page + (*produced & (RING - 1)));
	struct wire_head *h = (void *)((char *)header + BPF_RINGBUF_HDR_SZ);

	memset(h, 0, sizeof(*h));
	h->ts_ns = ts_ns;
	h->cpu = LANES;
	*header = (uint32_t)sizeof(*h) | flags;
	*produced += sizeof(*h) + BPF_RINGBUF_HDR_SZ;
}

static void expect(struct source *s, uint64_t until_ns, uint64_t ts_ns, size_t from)
{
	size_t len;
	const struct wire_head *h = drain_next(s->drain, until_ns, &len);

	assert_non_null(h);
	assert_int_equal(h->ts_ns, ts_ns);
	assert_int_equal(h->cpu, from);
}

static void expect_none(struct source *s, uint64_t until_ns)
{
	size_t len;

	assert_null(drain_next(s->drain, until_ns, &len));
}

static void test_nothing(void **state)
{
	struct source *s = open_source(LANES);

	(void)state;
	expect_none(s, UINT64_MAX);
	expect_none(s, UINT64_MAX);
	close_source(s);
}

static void test_cpus_take_turns_by_the_millisecond(void **state)
{
	struct source *s = open_source(LANES);

	(void)state;
	put_lane(s, 0, 1000, 40);
	put_lane(s, 0, 900000, 41);
	put_lane(s, 0, 5000000, 48);
	put_lane(s, 2, 500, 120);
	put_lane(s, 2, 1000600, 40);
	put_ring(s, 500000, 0);
	expect(s, UINT64_MAX, 1000, 0);
	expect(s, UINT64_MAX, 500000, LANES);
	expect(s, UINT64_MAX, 900000, 0);
	expect(s, UINT64_MAX, 500, 2);
	expect(s, UINT64_MAX, 1000600, 2);
	expect(s, UINT64_MAX, 5000000, 0);
	expect_none(s, UINT64_MAX);
	close_source(s);
}

static void test_until(void **state)
{
	struct source *s = open_source(LANES);

	(void)state;
	put_lane(s, 0, 10, 40);
	put_lane(s, 0, 30, 40);
	put_lane(s, 1, 20, 40);
	put_lane(s, 1, 21, 40);
	expect(s, 20, 10, 0);
	expect(s, 20, 20, 1);
	expect_none(s, 20);
	expect_none(s, 20);
	expect(s, 30, 30, 0);
	expect(s, 30, 21, 1);
	expect_none(s, UINT64_MAX);
	close_source(s);
}

/* In the middle of a slice the caller may ask for less. */
static void test_until_earlier(void **state)
{
	struct source *s = open_source(LANES);

	(void)state;
	put_lane(s, 0, 10, 40);
	put_lane(s, 0, 500, 40);
	put_lane(s, 1, 300, 40);
	expect(s, UINT64_MAX, 10, 0);
	expect(s, 400, 300, 1);
	expect_none(s, 400);
	expect(s, UINT64_MAX, 500, 0);
	close_source(s);
}

static void test_without_lanes(void **state)
{
	struct source *s = open_source(0);

	(void)state;
	put_ring(s, 3, 0);
	put_ring(s, 4, BPF_RINGBUF_DISCARD_BIT);
	put_ring(s, 5, 0);
	put_ring(s, 6, BPF_RINGBUF_BUSY_BIT);
	expect(s, UINT64_MAX, 3, LANES);
	expect(s, UINT64_MAX, 5, LANES);
	expect_none(s, UINT64_MAX);
	close_source(s);
}

/* Many times round, records of all sizes: each whole, in order, and room for the next. */
static void test_round_and_round(void **state)
{
	struct source *s = open_source(LANES);
	uint64_t sent = 0, taken = 0;
	const struct wire_head *h;
	size_t len;

	(void)state;
	while (taken < 20000) {
		while (put_lane(s, 1, sent, 40 + (uint32_t)(sent * 37 % 400)))
			sent++;
		assert_true(sent > taken);
		for (; taken < sent; taken++) {
			h = drain_next(s->drain, UINT64_MAX, &len);
			assert_non_null(h);
			assert_int_equal(h->ts_ns, taken);
			assert_int_equal(len, 40 + taken * 37 % 400);
			for (size_t i = sizeof(*h); i < len; i++)
				assert_int_equal(((const uint8_t *)h)[i], (uint8_t)taken);
		}
		expect_none(s, UINT64_MAX);
		assert_int_equal(lane_of(s, 1)->tail, lane_of(s, 1)->head);
	}
	close_source(s);
}

/* What is lent is not overwritten: its room comes back with the next call. */
static void test_lent_keeps_its_room(void **state)
{
	struct source *s = open_source(LANES);
	size_t len, count = 0;

	(void)state;
	while (put_lane(s, 0, 7, 400))
		count++;
	for (size_t i = 0; i < count; i++) {
		const struct wire_head *h = drain_next(s->drain, UINT64_MAX, &len);
		const struct wire_lane *l = lane_of(s, 0);
		uint64_t at = i * ((sizeof(struct wire_frame) + 400 + 7) & ~7u);

		assert_non_null(h);
		assert_true(l->tail <= at);
	}
	expect_none(s, UINT64_MAX);
	close_source(s);
}

/* Nobody finds room until they are opened again; what was on its way is taken. */
static void test_shut(void **state)
{
	struct source *s = open_source(LANES);

	(void)state;
	put_lane(s, 1, 3, 40);
	expect(s, UINT64_MAX, 3, 1);
	expect_none(s, UINT64_MAX);
	drain_shut(s->drain);
	expect_none(s, UINT64_MAX);
	for (size_t i = 0; i < LANES; i++)
		assert_false(put_lane(s, i, 4, 40));
	put_ring(s, 5, 0);
	expect(s, UINT64_MAX, 5, LANES);
	drain_open_again(s->drain);
	for (size_t i = 0; i < LANES; i++)
		assert_true(put_lane(s, i, 6, 40));
	expect(s, UINT64_MAX, 6, 0);
	expect(s, UINT64_MAX, 6, 1);
	expect(s, UINT64_MAX, 6, 2);
	close_source(s);
}

static void test_shut_with_one_on_its_way(void **state)
{
	struct source *s = open_source(LANES);

	(void)state;
	drain_shut(s->drain);
	lane_of(s, 2)->tail = 0; /* what a program has read before */
	assert_true(put_lane(s, 2, 3, 40));
	drain_shut(s->drain);
	expect(s, UINT64_MAX, 3, 2);
	expect_none(s, UINT64_MAX);
	drain_open_again(s->drain);
	assert_int_equal(lane_of(s, 2)->tail, lane_of(s, 2)->head);
	close_source(s);
}

static void test_sizes(void **state)
{
	struct percpu_size s = percpu_size_of(16 << 20, 2);

	(void)state;
	assert_int_equal(percpu_value_bytes(LANE) % 4096, 0);
	assert_true(percpu_value_bytes(2 << 20) <= 4 << 20);
	assert_int_equal(percpu_size_of(1 << 10, 64).count, 0);
	if (!s.count) /* not x86-64, or PREEMPT_RT */
		return;
	assert_int_equal(s.bytes, 2 << 20);
	assert_int_equal(percpu_size_of(16 << 20, 64).bytes, 256 << 10);
	assert_int_equal(percpu_size_of(16 << 20, 64).count, 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_cpus_take_turns_by_the_millisecond),
		cmocka_unit_test(test_until),
		cmocka_unit_test(test_until_earlier),
		cmocka_unit_test(test_without_lanes),
		cmocka_unit_test(test_round_and_round),
		cmocka_unit_test(test_lent_keeps_its_room),
		cmocka_unit_test(test_shut),
		cmocka_unit_test(test_shut_with_one_on_its_way),
		cmocka_unit_test(test_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
