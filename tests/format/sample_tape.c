/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* sample_tape.c -- builds the sample tape through the writer. */
#include "tests/format/sample_tape.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/block.h"
#include "format/writer.h"

struct plan {
	struct writer *w;
	uint32_t who;   /* dictionary: name, number */
	uint32_t state; /* event with a reference */
	uint32_t note;  /* event without */
};

uint64_t sample_ts(unsigned i)
{
	return 1000000000 + (uint64_t)i * 1000;
}

static void check(int rc, const struct error *err)
{
	if (rc < 0) {
		fprintf(stderr, "sample tape: %s\n", err->text);
		abort();
	}
}

static void add_field(struct schema *s, struct field f)
{
	struct error err;

	check(schema_add_field(s, &f, &err), &err);
}

static void add_dict(struct plan *p)
{
	struct schema *s = schema_new(SCHEMA_DICT, "", "who", NULL);
	struct error err;

	add_field(s, (struct field){.name = (char *)"number",
				    .type = (char *)"u32",
				    .kind = FIELD_INT,
				    .elem_size = 4,
				    .count = 1});
	add_field(s, (struct field){.name = (char *)"title",
				    .type = (char *)"text",
				    .kind = FIELD_STRING,
				    .role = ROLE_TEXT,
				    .elem_size = 1});
	check(writer_schema(p->w, s, &p->who, &err), &err);
}

static void add_state_event(struct plan *p)
{
	struct schema *s = schema_new(SCHEMA_EVENT, "sample", "state", "name: state\n");
	struct enumeration *e = enumeration_new("states");
	struct error err;
	uint16_t states;

	check(enumeration_add(e, 1, "OPEN", &err), &err);
	check(enumeration_add(e, 2, "SHUT", &err), &err);
	check(writer_enumeration(p->w, e, &states, &err), &err);
	check(schema_add_ref(s, p->who, &err), &err);
	add_field(s, (struct field){.name = (char *)"number",
				    .type = (char *)"u32",
				    .kind = FIELD_INT,
				    .elem_size = 4,
				    .count = 1,
				    .ref = 1,
				    .attribute = 0});
	add_field(s, (struct field){.name = (char *)"title",
				    .type = (char *)"text",
				    .kind = FIELD_STRING,
				    .role = ROLE_TEXT,
				    .elem_size = 1,
				    .ref = 1,
				    .attribute = 1});
	add_field(s, (struct field){.name = (char *)"state",
				    .type = (char *)"int",
				    .kind = FIELD_INT,
				    .flags = FIELD_SIGNED,
				    .elem_size = 4,
				    .count = 1,
				    .enum_id = states});
	add_field(s, (struct field){.name = (char *)"delta",
				    .type = (char *)"long",
				    .kind = FIELD_INT,
				    .flags = FIELD_SIGNED | FIELD_OPTIONAL,
				    .elem_size = 8,
				    .count = 1});
	add_field(s, (struct field){.name = (char *)"position",
				    .type = (char *)"u32",
				    .kind = FIELD_INT,
				    .elem_size = 4,
				    .count = 1,
				    .key_ref = 1,
				    .key_attribute = 0});
	check(writer_schema(p->w, s, &p->state, &err), &err);
}

static void add_note_event(struct plan *p)
{
	struct schema *s = schema_new(SCHEMA_EVENT, "sample", "note", NULL);
	struct error err;

	add_field(s, (struct field){.name = (char *)"text",
				    .type = (char *)"char[]",
				    .kind = FIELD_STRING,
				    .role = ROLE_TEXT,
				    .elem_size = 1});
	add_field(s, (struct field){.name = (char *)"addr",
				    .type = (char *)"__u8[4]",
				    .kind = FIELD_BYTES,
				    .role = ROLE_IPV4,
				    .elem_size = 1,
				    .count = 4});
	add_field(s, (struct field){.name = (char *)"mem",
				    .type = (char *)"long[3]",
				    .kind = FIELD_ARRAY,
				    .flags = FIELD_SIGNED,
				    .elem_size = 8,
				    .count = 3});
	check(writer_schema(p->w, s, &p->note, &err), &err);
}

static void put_state(struct plan *p, unsigned i)
{
	uint8_t packed[32] = {0};
	uint32_t position = (i % 20) * 0x10203040u + i / 20 * 11;
	struct value values[3] = {{.num = 1 + i % 2},
				  {.num = (uint64_t) - (int64_t)i, .is_absent = i % 5 == 0},
				  {.num = i % 13 ? position : 0}};
	struct row row = {.schema = p->state,
			  .cpu = i % 3,
			  .ts_ns = sample_ts(i),
			  .values = values};
	struct error err;
	uint32_t id = 0;
	size_t len;

	packed[0] = (uint8_t)(i % 20);
	len = (size_t)snprintf((char *)packed + 6, sizeof(packed) - 6, "number %u", i % 20);
	packed[4] = (uint8_t)len;
	if (i % 11)
		check(writer_intern(p->w, p->who, packed, 6 + len, &id, &err), &err);
	row.refs = &id;
	check(writer_add(p->w, &row, &err), &err);
}

static void put_note(struct plan *p, unsigned i)
{
	char text[32];
	uint8_t addr[4] = {127, 0, 0, (uint8_t)i}, mem[24] = {(uint8_t)i};
	struct value values[3] = {{.bytes = (uint8_t *)text}, {.bytes = addr}, {.bytes = mem}};
	struct row row = {.schema = p->note, .cpu = i % 3, .ts_ns = sample_ts(i), .values = values};
	struct error err;

	values[0].len = i % 9 ? (uint32_t)snprintf(text, sizeof(text), "note %u", i) : 0;
	check(writer_add(p->w, &row, &err), &err);
}

static void fill(struct plan *p, unsigned rows)
{
	struct loss loss = {.from_ns = sample_ts(2),
			    .to_ns = sample_ts(3),
			    .cpu = 1,
			    .count = 5,
			    .schema = p->note,
			    .cause = LOSS_RING_FULL};
	struct clock_reading clock = {.ts_ns = sample_ts(0),
				      .boottime_ns = sample_ts(0),
				      .realtime_ns = 1700000000000000000};
	struct error err;

	check(writer_clock(p->w, &clock, &err), &err);
	check(writer_loss(p->w, &loss, &err), &err);
	for (unsigned i = 0; i < rows; i++) {
		/* neighbours are swapped, as two CPUs may hand them over */
		unsigned at = (i ^ 1) < rows ? i ^ 1 : i;

		if (at % 4)
			put_state(p, at);
		else
			put_note(p, at);
	}
}

struct sample *sample_new_epochs(unsigned rows, unsigned block_rows, unsigned dict_limit)
{
	struct writer_options opt = {.salt = 42,
				     .block_rows = block_rows,
				     .dict_limit = dict_limit};
	struct sample *t = calloc(1, sizeof(*t));
	struct plan p = {0};
	struct sink *sink;
	struct error err;

	check(sink_open_memory(&sink, &err), &err);
	check(writer_new(sink, &opt, &p.w, &err), &err);
	check(writer_fact(p.w, "host", "sample", &err), &err);
	add_dict(&p);
	add_state_event(&p);
	add_note_event(&p);
	fill(&p, rows);
	check(writer_fact(p.w, "cpu_ns", "1234", &err), &err);
	check(writer_end(p.w, "stop", &err), &err);
	t->data = malloc(writer_bytes(p.w));
	memcpy(t->data, sink_memory(sink, &t->len), writer_bytes(p.w));
	writer_free(p.w);
	sink_close(sink, NULL);
	return t;
}

struct sample *sample_new(unsigned rows, unsigned block_rows)
{
	return sample_new_epochs(rows, block_rows, 0);
}

void sample_free(struct sample *t)
{
	free(t->data);
	free(t);
}

size_t sample_find_block(const struct sample *t, uint8_t type, unsigned n)
{
	struct block_header h;

	for (size_t at = 0; at < t->len; at += h.header_len + h.body_len) {
		int rc = block_header_decode(view_of(t->data + at, t->len - at), &h, NULL);

		assert(rc == 0);
		(void)rc;
		if (h.type == type && n-- == 0)
			return at;
	}
	abort();
}
