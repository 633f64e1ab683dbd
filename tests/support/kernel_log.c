/*
 * tests/support/kernel_log.c - TIME cpu=C pid=P comm=NAME ctx=CTX who=WHO EVENT... -> a record.
 *
 * The log does not record on which queue an item ran: it is the one it was last
 * queued on.  The kworker's name identifies the pool.   Licence: MIT.
 */
#include "tests/support/kernel_log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reader {
	struct record *r;
	int queue_of[KWS_DECLS_MAX];
	char fn_items[KWS_DECLS_MAX + 1][KWS_NAME_MAX + 1];	/* fnK -> item */
	double t0;		/* of the kernel log, s; < 0 = unknown */
	uint64_t n;
};

static struct rec_who parse_who(const struct kws *k, const char *text)
{
	struct rec_who w = { -1, 0 };
	char name[64];
	char *hash;

	snprintf(name, sizeof(name), "%s", text);
	hash = strchr(name, '#');
	if (hash) {
		*hash = '\0';
		w.k = (unsigned int)atoi(hash + 1);
	}
	w.decl = kws_find(k, name);
	return w;
}

static void set_executor(struct rec_run *run, const char *comm, const char *ctx, int cpu)
{
	unsigned int a, b;

	run->pool_cpu = -1;
	if (!strcmp(ctx, "softirq")) {
		run->exec = EXEC_BH;
		run->pool_cpu = cpu;
	} else if (!strncmp(comm, "kworker/R-", 10)) {
		run->exec = EXEC_RESCUER;
		run->pool_cpu = cpu;
	} else if (sscanf(comm, "kworker/u%u:%u", &a, &b) == 2) {
		run->exec = comm[strlen(comm) - 1] == 'H' ? EXEC_UNBOUND_HIGHPRI : EXEC_UNBOUND;
		run->pool = 1000 + a;
	} else if (sscanf(comm, "kworker/%u:%u", &a, &b) == 2) {
		run->exec = comm[strlen(comm) - 1] == 'H' ? EXEC_HIGHPRI : EXEC_PERCPU;
		run->pool_cpu = (int)a;
		run->pool = a + 1;
	}
}

/* the queue named in a step that queues something */
static void note_queueing(struct reader *rd, int step)
{
	const struct kws_step *s = &rd->r->k->steps[step];
	int wq = -1, item = -1;

	if (s->op != OP_QUEUE_RCU && strncmp(s->text, "queue", 5) && strncmp(s->text, "irq_queue", 9) &&
	    strncmp(s->text, "mod_delayed", 11))
		return;
	for (int a = 0; a < KWS_ARGS_MAX; a++) {
		enum kws_arg arg = kws_ops[s->op].args[a];

		if (arg == ARG_WQ)
			wq = (int)s->arg[a].num;
		else if (arg == ARG_ITEM || arg == ARG_DWORK || arg == ARG_RWORK)
			item = (int)s->arg[a].num;
	}
	if (item >= 0)
		rd->queue_of[item] = wq;
}

static void read_note(struct reader *rd, struct rec_who who, const char *whotext, struct rec_point at, char *text)
{
	char name[64], pool[32];
	unsigned int all, idle, busy;

	if (!strncmp(text, "census here", 11)) {
		record_text(&rd->r->census, who, at, text + 11 + strspn(text + 11, " "));
	} else if (!strncmp(text, "census ", 7) && !strcmp(whotext, "rig")) {
		bool before = !strncmp(text + 7, "before", 6);

		for (char *w = strtok(text + 14, " "); w; w = strtok(NULL, " "))
			if (sscanf(w, "%31[^=]=%u/%u", pool, &all, &idle) == 3) {
				struct rec_workers *to = record_workers(rd->r, pool);

				*(before ? &to->before : &to->after) = all;
			}
	} else if (!strncmp(text, "sysfs ", 6)) {
		record_text(&rd->r->sysfs, who, at, text + 6);
	} else if (!strncmp(text, "TIMEOUT", 7)) {
		rd->r->timeout = true;
		if (sscanf(text, "TIMEOUT unfinished %63s busy=%u", name, &busy) == 2) {
			rd->r->busy[kws_find(rd->r->k, name)] = (int)busy;
			rd->r->unfinished[kws_find(rd->r->k, name)] = true;
		}
	}
}

static void read_event(struct reader *rd, const char *line)
{
	struct record *r = rd->r;
	char comm[64], ctx[16], whotext[64], rest[1024];
	struct rec_point at = { 0, ++rd->n };
	struct rec_who who;
	struct rec_run *run;
	struct rec_call *call;
	long long us, value;
	unsigned int pid;
	int cpu, step, n;

	if (sscanf(line, " %lld cpu=%d pid=%u comm=%63s ctx=%15s who=%63s %1023[^\n]", &us, &cpu, &pid, comm, ctx,
		   whotext, rest) != 7)
		return;
	at.ns = us * 1000;
	who = parse_who(r->k, whotext);
	if (!strncmp(rest, "note ", 5)) {
		read_note(rd, who, whotext, at, rest + 5);
	} else if (!strncmp(rest, "start", 5) && who.decl >= 0 && who.k) {
		char list[64];

		run = record_start(r, who.decl, at);
		run->cpu_start = cpu;
		run->task = run->worker = pid;
		run->wq = rd->queue_of[who.decl];
		set_executor(run, comm, ctx, cpu);
		if (sscanf(rest, "start cpus=%63s nice=%d", list, &run->nice) == 2) {
			run->has_allowed = true;
			for (char *p = list; *p;) {
				int a = (int)strtol(p, &p, 10), b = a;

				if (*p == '-')
					b = (int)strtol(p + 1, &p, 10);
				for (; a <= b; a++)
					cpumask_set_cpu(a, &run->allowed);
				p += *p == ',';
			}
		}
	} else if (!strcmp(rest, "end") && who.k) {
		run = record_running(r, who.decl, pid);
		if (run) {
			run->end = at;
			run->cpu_end = cpu;
		}
	} else if (!strncmp(rest, "call ", 5)) {
		step = record_step(r->k, rest + 5);
		if (step < 0)
			return;
		note_queueing(rd, step);
		call = record_call(r, who, step, at);
		call->task = pid;
		call->hardirq = !strcmp(ctx, "hardirq");
	} else if (!strncmp(rest, "ret ", 4)) {
		char text[512];

		n = sscanf(rest, "ret %511s = %lld", text, &value);
		call = record_open_call(r, who, text);
		if (call) {
			call->ret = at;
			call->has_value = n == 2;
			call->value = n == 2 ? value : 0;
		}
	}
}

static void read_header(struct reader *rd, const char *line)
{
	char item[64];
	int fn;

	if (sscanf(line, "# printk t0 %lf s", &rd->t0) == 1)
		return;
	if (sscanf(line, "# work %63s struct=%*s fn=fn%d", item, &fn) == 2 && fn >= 0 && fn <= KWS_DECLS_MAX)
		snprintf(rd->fn_items[fn], sizeof(rd->fn_items[fn]), "%.*s", KWS_NAME_MAX, item);
}

/* Places a line of the kernel log between the events: the last event before it gives its number. */
static struct rec_point point_at(const struct record *r, int64_t ns)
{
	struct rec_point p = { ns, 1 };

	for (size_t i = 0; i < r->nr_runs; i++)
		if (r->runs[i].start.ns <= ns && r->runs[i].start.n > p.n)
			p.n = r->runs[i].start.n;
	for (size_t i = 0; i < r->nr_calls; i++)
		if (r->calls[i].call.ns <= ns && r->calls[i].call.n > p.n)
			p.n = r->calls[i].call.n;
	/* beyond any event of its own number, before the next */
	p.n++;
	return p;
}

static void read_dmesg(struct reader *rd, const char *line)
{
	double s;
	int n;
	char out[1024];
	size_t used = 0;

	if (sscanf(line, "[%lf]%n", &s, &n) != 1)
		return;
	line += n + (line[n] == ' ');
	while (*line && used + 64 < sizeof(out)) {
		int fn, len;

		if (line[0] == 'f' && line[1] == 'n' && sscanf(line, "fn%d%n", &fn, &len) == 1 && fn >= 0 &&
		    fn <= KWS_DECLS_MAX && rd->fn_items[fn][0]) {
			used += (size_t)sprintf(out + used, "%s", rd->fn_items[fn]);
			line += len;
		} else {
			out[used++] = *line++;
		}
	}
	out[used] = '\0';
	record_text(&rd->r->log, (struct rec_who){ -1, 0 },
		    point_at(rd->r, rd->t0 >= 0 ? (int64_t)((s - rd->t0) * 1e9) : 0), out);
}

static int each_line(const char *path, struct reader *rd, void (*fn)(struct reader *rd, const char *line))
{
	char *text;
	size_t len;
	int err = kws_read_file(path, &text, &len);

	if (err)
		return err;
	for (char *p = text, *next; p; p = next) {
		next = strchr(p, '\n');
		if (next)
			*next++ = '\0';
		fn(rd, p);
	}
	free(text);
	return 0;
}

static void read_log_line(struct reader *rd, const char *line)
{
	if (*line == '#')
		read_header(rd, line);
	else
		read_event(rd, line);
}

int kernel_log_record(struct record *r, const struct kws *k, const char *log_path, const char *dmesg_path)
{
	struct reader rd = { .r = r, .t0 = -1 };
	int err;

	record_init(r, k);
	for (int i = 0; i < KWS_DECLS_MAX; i++)
		rd.queue_of[i] = -1;
	err = each_line(log_path, &rd, read_log_line);
	if (!err && dmesg_path)
		each_line(dmesg_path, &rd, read_dmesg);
	return err;
}
