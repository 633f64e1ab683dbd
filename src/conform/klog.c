/*
 * conform/klog.c - converts lines of the kernel log to facts.
 *
 * A report is a head ("Showing busy workqueues ..."), then queues, their pool_workqueues,
 * their items, then pools.  Lockup lines come before the report that belongs to them.
 * They count only if that report shows that the pool has items of the scenario.
 *
 * Lives here:   the formats of 6.12's reports.
 * Never here:   facts that are not in the text.
 * Licence: MIT.
 */
#include "conform/klog.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/shortage.h"
#include "base/strbuf.h"

#define LINE_MAX 2048	/* of one log line and of one fact */
#define POOLS_MAX 64	/* pools one report can show */
#define ITEMS_MAX 128	/* items on one line */

/* ---- lines in comparable form ------------------------------------------------------ */

static const char *skip_digits(const char *p)
{
	while (isdigit((unsigned char)*p))
		p++;
	return p;
}

/* Skips a part that is never compared.  Return: the position after it, or @p. */
static const char *skip_noise(const char *p, const char *start)
{
	static const char *const suffixes[] = { ".part.", ".isra.", ".constprop.", ".cold." };
	static const char *const numbers[] = { "CPU: ", "PID: " };
	const char *q = p;

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		if (!strncmp(p, suffixes[i], strlen(suffixes[i])) && isdigit((unsigned char)p[strlen(suffixes[i])]))
			return skip_digits(p + strlen(suffixes[i]));
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (!strncmp(p, numbers[i], 5) && isdigit((unsigned char)p[5]))
			return skip_digits(p + 5);
	if (p[0] == '+' && p[1] == '0' && p[2] == 'x') {
		while (isxdigit((unsigned char)*q) || *q == '+' || *q == 'x' || *q == '/')
			q++;
		return q;
	}
	if (p[0] == ' ' && p[1] == '[') {
		for (q = p + 2; isalnum((unsigned char)*q) || *q == '_' || *q == '-'; q++)
			;
		return *q == ']' && q > p + 2 ? q + 1 : p;
	}
	if (p[0] == '[' && p > start && isalnum((unsigned char)p[-1]) && isdigit((unsigned char)p[1])) {
		/* kworker/1:1[44]: the PID of a thread */
		q = skip_digits(p + 1);
		return *q == ']' ? q + 1 : p;
	}
	if (p == start || p[-1] == ' ') {
		/* DIR/FILE.c:123 */
		for (q = p; isalnum((unsigned char)*q) || (*q && strchr("_-/.", *q)); q++)
			;
		if (q > p + 2 && q[-2] == '.' && (q[-1] == 'c' || q[-1] == 'h') && *q == ':' &&
		    isdigit((unsigned char)q[1]))
			return skip_digits(q + 1);
	}
	return p;
}

static bool address_at(const char *p, const char **end)
{
	const char *q = p;

	if (!strncmp(p, "(____ptrval____)", 16)) {
		*end = p + 16;
		return true;
	}
	if (!strncmp(p, "0x", 2))
		q += 2;
	while (isxdigit((unsigned char)*q))
		q++;
	*end = q;
	return q - p >= 16;	/* printed by %p */
}

void klog_normal(const char *line, struct strbuf *out)
{
	const char *p = line, *end;
	char last = ' ';	/* drops a space at the start */

	while (*p) {
		const char *after = skip_noise(p, line);

		if (after != p) {
			p = after;
			continue;
		}
		if ((p == line || p[-1] == ' ') && address_at(p, &end)) {
			strbuf_puts(out, "ADDRESS");
			last = 'S';
			p = end;
			continue;
		}
		if (*p != ' ' || last != ' ') {
			strbuf_putc(out, *p);
			last = *p;
		}
		p++;
	}
	while (out->len && out->buf[out->len - 1] == ' ')
		out->buf[--out->len] = '\0';
}

bool klog_is_warning(const char *normal)
{
	static const char *const heads[] = {
		"WARNING", "BUG", "workqueue: ", "ODEBUG", "INFO: ", "note: ", "huh, entered softirq", "Kernel panic",
		"in_atomic(): ", "preempt=", "lock: ",
	};

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		if (!strncmp(normal, heads[i], strlen(heads[i])))
			return true;
	return false;
}

bool klog_is_lock_report(const char *normal)
{
	return !strncmp(normal, "WARNING: possible recursive locking detected", 44) ||
	       !strncmp(normal, "WARNING: possible circular locking dependency detected", 54);
}

/* ---- reports ------------------------------------------------------------------------ */

struct reader {
	struct klog *log;
	const struct record *r;
	struct rec_point at;			/* of the line being read */
	bool in_report, in_backtraces;
	bool counted;				/* the report shows a queue of the scenario, and has been numbered */
	const char *queue;			/* the scenario's queue being shown, NULL = another queue */
	char pwq[160];				/* "cpus=1 node=0 nice=0" of the pwq being shown */
	char keys[POOLS_MAX][160];		/* pools of the scenario's pwqs, in the same form */
	unsigned int ids[POOLS_MAX];
	unsigned int nr_pools;
	char held[POOLS_MAX][200];		/* lockup lines before the report */
	struct rec_point held_at[POOLS_MAX];
	unsigned int nr_held;
	bool percpu_stalled;			/* a lockup line for a pool of the scenario named a per-CPU pool */
	bool any_percpu_stalled;		/* ... or for any pool */
	char traces[512];			/* items with a backtrace */
	const char *expect_lock;		/* the next line names a lock: "acquires" or "holds" */
};

__attribute__((format(printf, 3, 4)))
static void add(struct reader *rd, bool soft, const char *fmt, ...)
{
	struct klog *log = rd->log;
	char text[LINE_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (log->nr == log->cap) {
		size_t cap = log->cap ? log->cap * 2 : 32;

		log->v = shortage_need(realloc(log->v, cap * sizeof(*log->v)));
		log->cap = cap;
	}
	log->v[log->nr] = (struct klog_fact){ shortage_need(strdup(text)), soft, rd->at };
	log->nr++;
}

/* "cpus=1 node=0 flags=0x0 nice=0 active=.." -> "cpus=1 node=0 nice=0"; @rest: after it, @flags: its flags. */
static bool pool_key(const char *p, char *key, size_t size, unsigned int *flags, const char **rest)
{
	STRBUF(b, 160);

	*flags = 0;
	for (;;) {
		size_t n = strcspn(p, " ");
		bool nice = !strncmp(p, "nice=", 5) || (n == 2 && !strncmp(p, "bh", 2)) ||
			    (n == 5 && !strncmp(p, "bh-hi", 5));

		if (!strncmp(p, "flags=", 6))
			*flags = (unsigned int)strtoul(p + 6, NULL, 16);
		else if (!strncmp(p, "cpus=", 5) || !strncmp(p, "node=", 5) || nice)
			strbuf_printf(&b, "%s%.*s", b.len ? " " : "", (int)n, p);
		else
			return false;
		p += n;
		while (*p == ' ')
			p++;
		if (nice)
			break;
		if (!*p)
			return false;
	}
	*rest = p;
	return !b.cut && (size_t)snprintf(key, size, "%s", b.buf) < size;
}

/* The key with the flags, as in lockup and pool lines. */
static void key_with_flags(const char *key, unsigned int flags, char *out, size_t size)
{
	const char *last = strrchr(key, ' ');

	snprintf(out, size, "%.*s flags=0x%x%s", (int)(last ? last - key : 0), key, flags, last ? last : key);
}

static const char *our_queue(const struct reader *rd, const char *name, size_t n)
{
	for (unsigned int i = 0; i < rd->r->k->nr_decls; i++) {
		const struct kws_decl *d = &rd->r->k->decls[i];

		if (d->kind == KWS_WQ && strlen(d->name) == n && !strncmp(d->name, name, n))
			return d->name;
	}
	return NULL;
}

static void count_report(struct reader *rd)
{
	if (!rd->counted) {
		rd->counted = true;
		rd->log->reports++;
	}
}

static void close_report(struct reader *rd)
{
	if (rd->in_report && rd->counted && rd->percpu_stalled && rd->in_backtraces)
		add(rd, false, "report @%u backtraces: %s", rd->log->reports, rd->traces[0] ? rd->traces : "none");
	if (rd->in_report && rd->in_backtraces && !rd->any_percpu_stalled)
		add(rd, false, "report @%u backtraces: no per-CPU pool stalled", rd->log->reports);
	rd->in_report = rd->in_backtraces = rd->counted = rd->percpu_stalled = rd->any_percpu_stalled = false;
	rd->queue = NULL;
	rd->nr_pools = 0;
	rd->nr_held = 0;
	rd->traces[0] = '\0';
}

static void read_queue(struct reader *rd, const char *p)
{
	const char *colon = strstr(p, ": flags=");

	rd->queue = colon ? our_queue(rd, p, (size_t)(colon - p)) : NULL;
	rd->pwq[0] = '\0';
	if (!rd->queue)
		return;
	count_report(rd);
	add(rd, false, "report @%u %s flags=%s", rd->log->reports, rd->queue, colon + 8);
}

/* Counts the lockup lines before this report that are about the pool @key, since it has items of the scenario. */
static void claim_lockups(struct reader *rd, const char *key)
{
	for (unsigned int i = 0; i < rd->nr_held; i++) {
		char held_key[160];
		unsigned int flags;
		const char *rest;
		struct rec_point now = rd->at;

		if (!rd->held[i][0] || !pool_key(rd->held[i], held_key, sizeof(held_key), &flags, &rest) ||
		    strcmp(held_key, key))
			continue;
		rd->at = rd->held_at[i];
		add(rd, false, "lockup @%u pool %.*s", ++rd->log->lockups, (int)strcspn(rd->held[i], "!"), rd->held[i]);
		rd->at = now;
		rd->held[i][0] = '\0';
		if (!(flags & 5))
			rd->percpu_stalled = true;
	}
}

static void read_pwq(struct reader *rd, const char *p)
{
	unsigned int id = (unsigned int)strtoul(p, NULL, 10), flags;
	const char *colon = strstr(p, ": "), *rest, *refcnt;

	rd->pwq[0] = '\0';
	if (!rd->queue || !colon || !pool_key(colon + 2, rd->pwq, sizeof(rd->pwq), &flags, &rest))
		return;
	refcnt = strstr(rest, " refcnt=");
	add(rd, false, "report @%u %s %s: %.*s%s", rd->log->reports, rd->queue, rd->pwq,
	    (int)(refcnt ? refcnt - rest : (long)strlen(rest)), rest, strstr(rest, " MAYDAY") ? " MAYDAY" : "");
	if (refcnt)
		add(rd, true, "report @%u %s %s: refcnt=%ld", rd->log->reports, rd->queue, rd->pwq,
		    strtol(refcnt + 8, NULL, 10));
	if (rd->nr_pools < POOLS_MAX) {
		rd->ids[rd->nr_pools] = id;
		strcpy(rd->keys[rd->nr_pools++], rd->pwq);
	}
	claim_lockups(rd, rd->pwq);
}

/* "368(RESCUER):r0 BAR(1980)" -> "(RESCUER)r0 BAR(f0)" */
static void read_token(const struct reader *rd, const char *p, size_t n, struct strbuf *out)
{
	const char *end = p + n, *q = skip_digits(p);

	if (q > p && *q == ':') {
		p = q + 1;
	} else if (q > p && !strncmp(q, "(RESCUER):", 10)) {
		strbuf_puts(out, "(RESCUER)");
		p = q + 10;
	}
	while (p < end) {
		if (!strncmp(p, "BAR(", 4)) {
			uint32_t task = (uint32_t)strtoul(p + 4, NULL, 10);

			strbuf_puts(out, "BAR(");
			record_who_name(rd->r, record_who_at(rd->r, task, rd->at), out);
			p = skip_digits(p + 4);
		} else {
			strbuf_putc(out, *p++);
		}
	}
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void read_items(struct reader *rd, const char *list, const char *kind)
{
	char text[LINE_MAX], *items[ITEMS_MAX], *save;
	struct strbuf all;
	char joined[LINE_MAX];
	unsigned int n = 0;

	if (!rd->queue || !rd->pwq[0])
		return;
	strbuf_init(&all, text, sizeof(text));
	for (const char *p = list; *p;) {
		size_t len = strcspn(p, ",");
		size_t used = len;

		while (used && p[used - 1] == ' ')
			used--;
		if (all.len)
			strbuf_putc(&all, '\n');
		read_token(rd, p, used, &all);
		p += len;
		while (*p == ',' || *p == ' ')
			p++;
	}
	for (char *t = strtok_r(text, "\n", &save); t && n < ITEMS_MAX; t = strtok_r(NULL, "\n", &save))
		items[n++] = t;
	/* the order within a hash is not guaranteed */
	if (!strcmp(kind, "in-flight"))
		qsort(items, n, sizeof(items[0]), by_text);
	strbuf_init(&all, joined, sizeof(joined));
	for (unsigned int i = 0; i < n; i++)
		strbuf_printf(&all, "%s%s", i ? ", " : "", items[i]);
	add(rd, false, "report @%u %s %s: %s: %s", rd->log->reports, rd->queue, rd->pwq, kind, joined);
}

static void read_pool(struct reader *rd, const char *p)
{
	unsigned int id = (unsigned int)strtoul(p, NULL, 10), flags, idle = 0;
	const char *colon = strstr(p, ": "), *rest, *at;
	char key[160], full[200];
	bool ours = false;

	if (!colon || !pool_key(colon + 2, key, sizeof(key), &flags, &rest))
		return;
	for (unsigned int i = 0; i < rd->nr_pools; i++)
		ours |= rd->ids[i] == id && !strcmp(rd->keys[i], key);
	if (!ours)
		return;
	key_with_flags(key, flags, full, sizeof(full));
	add(rd, false, "report @%u pool %s: %.*s%s", rd->log->reports, full, (int)strcspn(rest, " "), rest,
	    strstr(rest, " manager:") ? " manager" : "");
	at = strstr(rest, " idle:");
	for (at = at ? at + 6 : ""; *at == ' '; at = skip_digits(at + 1))
		idle++;
	at = strstr(rest, "workers=");
	if (at)
		add(rd, true, "report @%u pool %s: workers=%ld idle=%u", rd->log->reports, full,
		    strtol(at + 8, NULL, 10), idle);
}

/* "Workqueue: q0 w0" inside the backtraces */
static void read_backtrace(struct reader *rd, const char *p)
{
	size_t n = strcspn(p, " "), used = strlen(rd->traces);

	if (our_queue(rd, p, n) && p[n])
		snprintf(rd->traces + used, sizeof(rd->traces) - used, "%s%s", used ? ", " : "", p + n + 1);
}

static const char *after(const char *line, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(line, prefix, n) ? NULL : line + n;
}

/* "ADDRESS ((work_completion)(w0)){+.+.}-{0:0}, at: ..." -> "(work_completion)(w0)" */
static void read_lock(struct reader *rd, const char *line)
{
	const char *open = strchr(line, '('), *close = strstr(line, "){");

	if (open && close && close > open)
		add(rd, false, "lockdep %s %.*s", rd->expect_lock, (int)(close - open - 1), open + 1);
	rd->expect_lock = NULL;
}

/* Reads our own line "...circular locking dependency detected: a0 holds m and takes (work_completion)(w0), but ..." */
static void read_circle(struct reader *rd, const char *line)
{
	const char *held = strstr(line, " holds "), *taken = strstr(line, " and takes ");

	if (!held || !taken || taken < held)
		return;
	held += 7;
	add(rd, false, "lockdep holds %.*s", (int)(taken - held), held);
	taken += 11;
	add(rd, false, "lockdep acquires %.*s", (int)strcspn(taken, ","), taken);
}

/* Reads our own line "...recursive locking detected: w0 waits for L, on which it runs" */
static void read_self_wait(struct reader *rd, const char *line)
{
	const char *lock = strstr(line, " waits for ");
	int n;

	if (!lock) {
		read_circle(rd, line);
		return;
	}
	lock += 11;
	n = (int)strcspn(lock, ",");
	add(rd, false, "lockdep acquires %.*s", n, lock);
	add(rd, false, "lockdep holds %.*s", n, lock);
}

/* "cpus=1 node=0 flags=0x0 nice=0 stuck for 1s!": neither a BH pool nor one without a CPU. */
static bool names_percpu_pool(const char *lockup)
{
	char key[160];
	unsigned int flags;
	const char *rest;

	return pool_key(lockup, key, sizeof(key), &flags, &rest) && !(flags & 5);
}

static void read_line(struct reader *rd, const char *line)
{
	const char *p;

	if (rd->expect_lock)
		read_lock(rd, line);
	if (klog_is_lock_report(line))
		read_self_wait(rd, line);
	if (strstr(line, "is trying to acquire lock:"))
		rd->expect_lock = "acquires";
	else if (strstr(line, "task is already holding lock:"))
		rd->expect_lock = "holds";
	if ((p = after(line, "BUG: workqueue lockup - pool "))) {
		if (rd->in_report)
			close_report(rd);
		if (rd->nr_held < POOLS_MAX) {
			struct strbuf b;

			strbuf_init(&b, rd->held[rd->nr_held], sizeof(rd->held[0]));
			strbuf_puts(&b, p);
			rd->held_at[rd->nr_held++] = rd->at;
		}
		rd->any_percpu_stalled |= names_percpu_pool(p);
	} else if (after(line, "Showing busy workqueues and worker pools") ||
		   after(line, "Showing freezable workqueues that are still busy")) {
		if (rd->in_report)
			close_report(rd);
		rd->in_report = true;
	} else if (!rd->in_report) {
		return;
	} else if (after(line, "Showing backtraces of running workers")) {
		rd->in_backtraces = true;
	} else if (rd->in_backtraces) {
		if ((p = after(line, "Workqueue: ")))
			read_backtrace(rd, p);
	} else if ((p = after(line, "workqueue "))) {
		read_queue(rd, p);
	} else if ((p = after(line, "  pwq "))) {
		read_pwq(rd, p);
	} else if ((p = after(line, "    in-flight: "))) {
		read_items(rd, p, "in-flight");
	} else if ((p = after(line, "    pending: "))) {
		read_items(rd, p, "pending");
	} else if ((p = after(line, "    inactive: "))) {
		read_items(rd, p, "inactive");
	} else if ((p = after(line, "pool "))) {
		read_pool(rd, p);
	}
}

/* Removes "[module]" after a function's name. */
static void without_module(const char *line, char *out, size_t size)
{
	size_t n = 0;

	for (const char *p = line; *p && n + 1 < size;) {
		const char *q = p;

		if (p[0] == ' ' && p[1] == '[') {
			for (q = p + 2; isalnum((unsigned char)*q) || *q == '_'; q++)
				;
			if (*q == ']') {
				p = q + 1;
				continue;
			}
		}
		out[n++] = *p++;
	}
	out[n] = '\0';
}

void klog_read(struct klog *log, const struct record *r)
{
	struct reader *rd = shortage_need(calloc(1, sizeof(*rd)));
	char line[LINE_MAX];

	memset(log, 0, sizeof(*log));
	rd->log = log;
	rd->r = r;
	for (size_t i = 0; i < r->log.nr; i++) {
		rd->at = r->log.v[i].at;
		without_module(r->log.v[i].text, line, sizeof(line));
		read_line(rd, line);
	}
	close_report(rd);
	free(rd);
}

void klog_fini(struct klog *log)
{
	for (size_t i = 0; i < log->nr; i++)
		free(log->v[i].text);
	free(log->v);
	memset(log, 0, sizeof(*log));
}
