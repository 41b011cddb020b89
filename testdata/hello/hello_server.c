/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * hello_server.c -- reads "Hi", answers "Hello World"; the other half of
 * hello_client. By default it closes first, right after the answer.
 */
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

#include "testdata/hello/peer.h"
#include "testdata/hello/plan.h"

#define BACKLOG 4096
/* A free port whose followers are taken is common on a busy host: try others. */
#define PORT_TRIES 100

static enum peer_result serve_rounds(const struct plan *plan, int fd, char asked[32])
{
	enum peer_result rc;

	for (uint64_t round = 0; round < plan->rounds; round++) {
		if (plan->unread)
			return peer_await(fd, plan->request_bytes);
		rc = peer_receive(fd, plan->request_bytes, asked, 32);
		if (rc)
			return rc;
		if (plan->half_close && round + 1 == plan->rounds && peer_drain(fd) == PEER_RESET)
			return PEER_RESET;
		if (plan->delay_us)
			peer_sleep(plan->delay_us);
		rc = peer_send(fd, "Hello World", plan->reply_bytes);
		if (rc)
			return rc;
		if (round == 0)
			peer_hold(plan->hold_us, plan->hold_until);
	}
	return PEER_DONE;
}

static const char *served_text(const struct plan *plan, enum peer_result answer,
			       enum peer_result end)
{
	if (plan->unread)
		return "closed without reading";
	if (answer == PEER_ENDED)
		return "not answered, the client ended early";
	if (answer == PEER_RESET)
		return "not answered, reset by the client";
	return end == PEER_RESET ? "answered, then reset by the client" : "answered";
}

static void serve_connection(const struct plan *plan, int fd, const struct peer_addr *client)
{
	char who[PEER_NAME_SIZE], asked[32] = "";
	enum peer_result answer = serve_rounds(plan, fd, asked);
	enum peer_result end = PEER_ENDED;

	if (plan->close_last && answer == PEER_DONE)
		end = peer_drain(fd);
	peer_close(fd, plan->rst);
	if (plan->quiet)
		return;
	peer_addr_name(client, who);
	printf("hello_server[%ld] %s asked \"%s\": %s\n", (long)getpid(), who, asked,
	       served_text(plan, answer, end));
}

static void serve_port(const struct plan *plan, int listener, uint64_t count)
{
	while (count > 0) {
		struct peer_addr client = {.size = sizeof(client.addr)};
		int fd = accept4(listener, (struct sockaddr *)&client.addr, &client.size,
				 SOCK_CLOEXEC);

		if (fd < 0 && (errno == EINTR || errno == ECONNABORTED))
			continue;
		if (fd < 0 && errno == EAGAIN)
			errx(1, "nobody connected in %g s; connections missing: %llu",
			     (double)plan->patience_us / 1e6, (unsigned long long)count);
		if (fd < 0)
			err(1, "accept");
		serve_connection(plan, fd, &client);
		count--;
	}
}

/* A listening socket, or -1 with errno of bind(). */
static int listen_at(const struct plan *plan, const struct peer_addr *addr)
{
	struct timeval patience = {(time_t)(plan->patience_us / 1000000),
				   (suseconds_t)(plan->patience_us % 1000000)};
	int fd = socket(addr->addr.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int on = 1, off = 0;

	if (fd < 0)
		err(1, "socket");
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)))
		err(1, "setsockopt");
	if (addr->addr.ss_family == AF_INET6 &&
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)))
		err(1, "IPV6_V6ONLY");
	if (bind(fd, (const struct sockaddr *)&addr->addr, addr->size) || listen(fd, BACKLOG)) {
		int saved = errno;

		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

/* Listen on all ports of the plan from that of *addr (0: any); false with errno when one is taken. */
static bool listen_all(const struct plan *plan, struct peer_addr *addr, int *listeners)
{
	uint16_t first = 0;

	for (uint64_t i = 0; i < plan->ports; i++) {
		if (i > 0)
			peer_addr_set_port(addr, (uint16_t)(first + i));
		listeners[i] = listen_at(plan, addr);
		if (listeners[i] < 0) {
			int saved = errno;

			while (i--)
				close(listeners[i]);
			errno = saved;
			return false;
		}
		if (i == 0) {
			struct peer_addr bound = peer_addr_of(listeners[0], false);

			first = peer_addr_port(&bound);
		}
	}
	peer_addr_set_port(addr, first);
	return true;
}

static void listen_start(const struct plan *plan, struct peer_addr *addr, int *listeners)
{
	char name[PEER_NAME_SIZE];
	int tries = plan->port ? 1 : PORT_TRIES;

	do {
		peer_addr_set_port(addr, (uint16_t)plan->port);
		if (listen_all(plan, addr, listeners))
			return;
	} while (errno == EADDRINUSE && --tries > 0);
	peer_addr_name(addr, name);
	err(1, "cannot listen on %s", name);
}

static void serve_all(const struct plan *plan, const int *listeners)
{
	for (uint64_t i = 0; i < plan->ports; i++) {
		pid_t pid = fork();

		if (pid < 0)
			err(1, "fork");
		if (pid == 0) {
			serve_port(plan, listeners[i],
				   plan->count / plan->ports + (i < plan->count % plan->ports));
			exit(0);
		}
		close(listeners[i]);
	}
	if (!peer_join(plan->ports))
		errx(1, "a server process failed");
}

int main(int argc, char **argv)
{
	struct plan plan;
	struct peer_addr addr;
	char name[PEER_NAME_SIZE];
	int *listeners;

	plan_parse(&plan, PLAN_SERVER, argc, argv);
	setvbuf(stdout, NULL, _IOLBF, 0);
	listeners = calloc(plan.ports, sizeof(*listeners));
	if (!listeners)
		err(1, "listeners");

	addr = peer_addr_parse(plan.addr);
	listen_start(&plan, &addr, listeners);
	peer_addr_name(&addr, name);
	if (!plan.quiet)
		printf("hello_server[%ld] listens on %s\n", (long)getpid(), name);
	peer_announce(plan.ready, peer_addr_port(&addr));

	if (plan.ports == 1)
		serve_port(&plan, listeners[0], plan.count);
	else
		serve_all(&plan, listeners);
	free(listeners);
	return 0;
}
