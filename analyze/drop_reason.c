/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * drop_reason.c -- duplicates, housekeeping and consequences of a close.
 */
#include "analyze/drop_reason.h"

#include <stddef.h>
#include <string.h>

static const char *const benign[] = {
	"TCP_OLD_DATA",         "TCP_OLD_ACK",       "TCP_OFOMERGE",      "TCP_ACK_UNSENT_DATA",
	"TCP_RFC7323_PAWS_ACK", "TCP_ABORT_ON_DATA", "TCP_RESET",         "QUEUE_PURGE",
	"SOCKET_CLOSE",         "OTHERHOST",         "PACKET_SOCK_ERROR", "CONSUMED",
	"NOT_DROPPED_YET",
};

bool drop_reason_is_benign(const char *name)
{
	static const char prefix[] = "SKB_DROP_REASON_";

	if (!name)
		return false;
	if (strncmp(name, prefix, sizeof(prefix) - 1) == 0)
		name += sizeof(prefix) - 1;
	for (size_t i = 0; i < sizeof(benign) / sizeof(benign[0]); i++)
		if (strcmp(name, benign[i]) == 0)
			return true;
	return false;
}
