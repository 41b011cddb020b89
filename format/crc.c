/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * crc.c -- CRC-32, by zlib; on x86-64, if the processor can, by carry-less multiplication, as in "Fast CRC
 * Computation for Generic Polynomials Using PCLMULQDQ Instruction", Gopal and others, Intel 2009.
 */
#include "format/crc.h"

#include <zlib.h>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

enum {
	LANE = 16, /* bytes of a register */
	LANES = 4,
	STEP = LANE * LANES,
};

#define BY_MULTIPLICATION __attribute__((target("pclmul,sse4.1")))

static inline BY_MULTIPLICATION __m128i lane_at(const uint8_t *p)
{
	return _mm_loadu_si128((const __m128i *)p);
}

/* What a lane is worth as many bytes on as `by` is for, and what is there. */
static inline BY_MULTIPLICATION __m128i fold(__m128i lane, __m128i by, __m128i there)
{
	__m128i low = _mm_clmulepi64_si128(lane, by, 0x00);
	__m128i high = _mm_clmulepi64_si128(lane, by, 0x11);

	return _mm_xor_si128(_mm_xor_si128(low, high), there);
}

/* 128 bits to 32, by Barrett reduction. */
static BY_MULTIPLICATION uint32_t reduce(__m128i lane, __m128i by_lane)
{
	const __m128i by_half = _mm_set_epi64x(0, 0x0163cd6124);
	const __m128i polynomial = _mm_set_epi64x(0x01f7011641, 0x01db710641);
	const __m128i low = _mm_setr_epi32(-1, 0, -1, 0);
	__m128i more;

	more = _mm_clmulepi64_si128(lane, by_lane, 0x10);
	lane = _mm_xor_si128(_mm_srli_si128(lane, 8), more);
	more = _mm_srli_si128(lane, 4);
	lane = _mm_clmulepi64_si128(_mm_and_si128(lane, low), by_half, 0x00);
	lane = _mm_xor_si128(lane, more);
	more = _mm_clmulepi64_si128(_mm_and_si128(lane, low), polynomial, 0x10);
	more = _mm_clmulepi64_si128(_mm_and_si128(more, low), polynomial, 0x00);
	return (uint32_t)_mm_extract_epi32(_mm_xor_si128(lane, more), 1);
}

/* Of at least STEP bytes, whole lanes of them; the rest stays in *in. */
static BY_MULTIPLICATION uint32_t multiplied(struct view *in)
{
	const __m128i by_step = _mm_set_epi64x(0x01c6e41596, 0x0154442bd4);
	const __m128i by_lane = _mm_set_epi64x(0x00ccaa009e, 0x01751997d0);
	__m128i lanes[LANES];

	for (int i = 0; i < LANES; i++)
		lanes[i] = lane_at(in->p + i * LANE);
	lanes[0] = _mm_xor_si128(lanes[0], _mm_cvtsi32_si128(-1));
	for (in->p += STEP; view_len(*in) >= STEP; in->p += STEP)
		for (int i = 0; i < LANES; i++)
			lanes[i] = fold(lanes[i], by_step, lane_at(in->p + i * LANE));
	for (int i = 1; i < LANES; i++)
		lanes[0] = fold(lanes[0], by_lane, lanes[i]);
	for (; view_len(*in) >= LANE; in->p += LANE)
		lanes[0] = fold(lanes[0], by_lane, lane_at(in->p));
	return ~reduce(lanes[0], by_lane);
}

static bool can_multiply(void)
{
	return __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1");
}
#else
enum { STEP = 64 };

static uint32_t multiplied(struct view *in)
{
	(void)in;
	return 0;
}

static bool can_multiply(void)
{
	return false;
}
#endif

uint32_t crc_of(struct view bytes)
{
	uint32_t crc = view_len(bytes) >= STEP && can_multiply() ? multiplied(&bytes) : 0;

	/* zlib takes the beginning of a checksum for one that has no bytes yet. */
	return view_len(bytes) ? (uint32_t)crc32(crc, bytes.p, (uInt)view_len(bytes)) : crc;
}
