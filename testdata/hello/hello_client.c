/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * hello_client.c -- says "Hi" and reads "Hello World"; the other half of
 * hello_server. By default it reads to the server's end and then closes.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "testdata/hello/peer.h"
#include "testdata/hello/plan.h"

#define PORT_WAIT_TRIES 5000
#define PORT_WAIT_US 2000

static int connect_to(const struct plan *plan, const struct peer_addr *server)
{
	char name[PEER_NAME_SIZE];
	int fd = socket(server->addr.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		err(1, "socket");
	if (connect(fd, (const struct sockaddr *)&server->addr, server->size) == 0)
		return fd;
	peer_addr_name(server, name);
	if (errno == EADDRNOTAVAIL && plan->count > 1)
		err(1, "%s: no local port is free; give both sides more --ports", name);
	err(1, "cannot connect to %s", name);
}

/* All rounds; false when the connection ended or broke before the last answer. */
static bool ask_rounds(const struct plan *plan, int fd, uint16_t port, bool is_first,
		       char answer[32])
{
	for (uint64_t round = 0; round < plan->rounds; round++) {
		if (round > 0 && plan->gap_us)
			peer_sleep(plan->gap_us);
		if (peer_send(fd, "Hi", plan->request_bytes))
			return false;
		if (plan->half_close && round + 1 == plan->rounds && shutdown(fd, SHUT_WR))
			return false;
		if (plan->unread)
			return peer_await(fd, plan->reply_bytes) == PEER_DONE;
		if (peer_receive(fd, plan->reply_bytes, answer, 32))
			return false;
		if (round == 0) {
			if (is_first)
				peer_announce(plan->ready, port);
			peer_hold(plan->hold_us, plan->hold_until);
		}
	}
	return true;
}

static void ask(const struct plan *plan, const struct peer_addr *server, bool is_first)
{
	char here[PEER_NAME_SIZE], there[PEER_NAME_SIZE], answer[32] = "";
	int fd = connect_to(plan, server);
	struct peer_addr local = peer_addr_of(fd, false);
	enum peer_result end = PEER_ENDED;

	peer_addr_name(&local, here);
	peer_addr_name(server, there);
	if (!ask_rounds(plan, fd, peer_addr_port(&local), is_first, answer))
		errx(1, "%s -> %s: the connection broke before the answer was complete", here,
		     there);
	if (!plan->close_first)
		end = peer_drain(fd);
	peer_close(fd, plan->rst);
	if (plan->count == 1 && !plan->quiet)
		printf("hello_client[%ld] %s -> %s \"%s\"%s\n", (long)getpid(), here, there, answer,
		       end == PEER_RESET ? ", then reset by the server" : "");
}

/* Connection k goes to port k modulo ports, so that each server process gets
 * exactly its share; process p makes the connections k = p modulo parallel. */
static void ask_share(const struct plan *plan, struct peer_addr server, uint64_t process)
{
	for (uint64_t k = process; k < plan->count; k += plan->parallel) {
		peer_addr_set_port(&server, (uint16_t)(plan->port + k % plan->ports));
		ask(plan, &server, k == 0);
	}
}

static void ask_all(const struct plan *plan, const struct peer_addr *server)
{
	for (uint64_t i = 0; i < plan->parallel; i++) {
		pid_t pid = fork();

		if (pid < 0)
			err(1, "fork");
		if (pid == 0) {
			ask_share(plan, *server, i);
			exit(0);
		}
	}
	if (!peer_join(plan->parallel))
		errx(1, "a client process failed");
}

/* The port in the server's --ready file, waited for. */
static uint64_t port_read(const char *path)
{
	unsigned port = 0;
	FILE *f = NULL;

	for (int i = 0; i < PORT_WAIT_TRIES && !(f = fopen(path, "r")); i++)
		peer_sleep(PORT_WAIT_US);
	if (!f)
		err(1, "no server is ready: %s", path);
	if (fscanf(f, "%u", &port) != 1 || port == 0 || port > 65535)
		errx(1, "%s does not hold a port", path);
	fclose(f);
	return port;
}

int main(int argc, char **argv)
{
	struct plan plan;
	struct peer_addr server;

	plan_parse(&plan, PLAN_CLIENT, argc, argv);
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (plan.port_from)
		plan.port = port_read(plan.port_from);
	server = peer_addr_parse(plan.addr);
	if (plan.parallel == 1)
		ask_share(&plan, server, 0);
	else
		ask_all(&plan, &server);
	return 0;
}
