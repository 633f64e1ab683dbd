/*
 * model/tables.c - wq_monitor, wq_dump, ps and the files in /sys, as text.
 *
 * Lives here:   one function per section; columns as in the kernel's tools.
 * Never here:   facts that are not in events.   Licence: MIT.
 */
#include "model/table_columns.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpumask.h"
#include "base/json.h"
#include "base/shortage.h"
#include "base/strbuf.h"
#include "model/model_internal.h"

#define LINE_BYTES 2048		/* 64 CPUs with a mask each */

enum {				/* of workqueue flags, with the kernel's values */
	F_BH = 1 << 0, F_UNBOUND = 1 << 1, F_MEM_RECLAIM = 1 << 3
};

static const char *const scope_names[] = { "default", "cpu", "smt", "cache", "numa", "system" };
#define NR_SCOPES (sizeof(scope_names) / sizeof(scope_names[0]))

/* A line being built, and its output. */
struct sheet {
	const struct model *m;
	const struct trace_store *s;
	const struct table_out *out;
	struct strbuf line;
	char bytes[LINE_BYTES];
};

static void sheet_init(struct sheet *sh, const struct model *m, const struct trace_store *s,
		       const struct table_out *out)
{
	sh->m = m;
	sh->s = s;
	sh->out = out;
	strbuf_init(&sh->line, sh->bytes, sizeof(sh->bytes));
}

#define put(sh, ...) strbuf_printf(&(sh)->line, __VA_ARGS__)

static void end_line(struct sheet *sh)
{
	sh->out->line(sh->out->arg, sh->line.buf);
	strbuf_init(&sh->line, sh->bytes, sizeof(sh->bytes));
}

#define say(sh, ...) (put(sh, __VA_ARGS__), end_line(sh))

static void title(struct sheet *sh, const char *text)
{
	char under[64];
	size_t n = strlen(text);

	say(sh, "%s", text);
	memset(under, '=', sizeof(under));
	say(sh, "%.*s", (int)n, under);
}

static const char *name_of(const struct sheet *sh, enum trace_class cls, uint32_t id)
{
	const char *name = trace_store_name(sh->s, cls, id);

	return name ? name : "?";
}

uint32_t table_pool_number(const struct trace_store *s, uint32_t pool)
{
	const struct trace_name *def = trace_store_def(s, CLS_POOL, pool);

	return def ? def->aux : pool;
}

static uint32_t pool_number(const struct sheet *sh, uint32_t pool)
{
	return table_pool_number(sh->s, pool);
}

/* Groups of eight digits, 32 CPUs each. */
void table_mask(const struct model *m, uint64_t cpus, struct strbuf *out)
{
	if (m->nr_cpus > 32)
		strbuf_printf(out, "%08" PRIx32 ",", (uint32_t)(cpus >> 32));
	strbuf_printf(out, "%08" PRIx32, (uint32_t)cpus);
}

static void put_mask(struct sheet *sh, uint64_t cpus)
{
	table_mask(sh->m, cpus, &sh->line);
}

static int mask_len(const struct model *m)
{
	return m->nr_cpus > 32 ? 17 : 8;
}

static int larger(int a, int b)
{
	return a > b ? a : b;
}

static int digits(uint32_t n)
{
	return snprintf(NULL, 0, "%" PRIu32, n);
}

#define for_each_row(i, m, what) for (uint32_t i = 1; i <= (m)->nr_##what; i++)

/* ---- wq_monitor ---------------------------------------------------------------------- */

struct wq_sum table_wq_sum(const struct model *m, uint32_t wq)
{
	struct wq_sum sum = { 0 };

	for_each_row(i, m, pwqs) {
		const struct model_pwq *p = model_pwq(m, i);

		if (!p || p->freed || p->wq != wq)
			continue;
		sum.started += p->started;
		sum.completed += p->completed;
		sum.cpu_time += p->cpu_time;
		sum.cpu_intensive += p->cpu_intensive;
		sum.cm_wakeups += p->cm_wakeups;
		sum.repatriated += p->repatriated;
		sum.maydays += p->maydays;
		sum.rescued += p->rescued;
	}
	return sum;
}

static bool wanted(const struct table_filter *filter, const char *name)
{
	return !filter || !filter->wants || filter->wants(filter->arg, name);
}

static void monitor_row(struct sheet *sh, const struct model_wq *q, const char *name)
{
	struct table_row row = { .m = sh->m, .s = sh->s, .id = q->id };

	(void)name;
	table_line(&table_of_wqs, &row, &sh->line);
	end_line(sh);
}

static void monitor_json(struct sheet *sh, const struct model_wq *q, const char *name)
{
	struct wq_sum sum = table_wq_sum(sh->m, q->id);
	struct json_writer w;

	json_to_strbuf(&w, &sh->line);
	json_begin_object(&w, JSON_COMPACT);
	json_key(&w, "timestamp");
	json_fixed(&w, (sh->m->time + 500) / 1000, 6);
	json_put_text(&w, "name", name);
	json_put_bool(&w, "unbound", q->flags & F_UNBOUND);
	json_put_bool(&w, "mem_reclaim", q->flags & F_MEM_RECLAIM);
	json_put_uint(&w, "started", sum.started);
	json_put_uint(&w, "completed", sum.completed);
	json_put_uint(&w, "cpu_time", sum.cpu_time);
	json_put_uint(&w, "cpu_intensive", sum.cpu_intensive);
	json_put_uint(&w, "cm_wakeup", sum.cm_wakeups);
	json_put_uint(&w, "repatriated", sum.repatriated);
	json_put_uint(&w, "mayday", sum.maydays);
	json_put_uint(&w, "rescued", sum.rescued);
	json_end(&w);
	end_line(sh);
}

static void monitor_rows(struct sheet *sh, const struct table_filter *filter,
			 void (*row)(struct sheet *sh, const struct model_wq *q, const char *name))
{
	for_each_row(i, sh->m, wqs) {
		const struct model_wq *q = model_wq(sh->m, i);
		const char *name = name_of(sh, CLS_WQ, i);

		if (q && !q->freed && wanted(filter, name))
			row(sh, q, name);
	}
}

void table_wq_monitor(const struct model *m, const struct trace_store *s, const struct table_filter *filter,
		      const struct table_out *out)
{
	struct sheet sh;

	sheet_init(&sh, m, s, out);
	end_line(&sh);
	table_line(&table_of_wqs, NULL, &sh.line);
	end_line(&sh);
	monitor_rows(&sh, filter, monitor_row);
}

void table_wq_monitor_json(const struct model *m, const struct trace_store *s,
			   const struct table_filter *filter, const struct table_out *out)
{
	struct sheet sh;

	sheet_init(&sh, m, s, out);
	monitor_rows(&sh, filter, monitor_json);
}

/* ---- wq_dump: scopes -------------------------------------------------------------------- */

/* Key of a CPU's pod: the number of its first CPU. */
static uint32_t pod_key(const struct model *m, unsigned int scope, uint32_t cpu)
{
	const struct model_cpu *c = &m->cpus[cpu];

	switch (scope) {
	case 1: return cpu;
	case 2: return c->core;
	case 3: return c->llc;
	case 4: return c->node;
	default: return 0;
	}
}

static uint32_t pods_of(const struct model *m, unsigned int scope, uint32_t pod_of_cpu[CPUS_MAX],
			uint64_t cpus_of_pod[CPUS_MAX])
{
	uint32_t nr = 0, keys[CPUS_MAX];

	for (uint32_t cpu = 0; cpu < m->nr_cpus; cpu++) {
		uint32_t pod = 0;

		while (pod < nr && keys[pod] != pod_key(m, scope, cpu))
			pod++;
		if (pod == nr) {
			keys[nr] = pod_key(m, scope, cpu);
			cpus_of_pod[nr++] = 0;
		}
		pod_of_cpu[cpu] = pod;
		cpus_of_pod[pod] |= UINT64_C(1) << cpu;
	}
	return nr;
}

/* -1 = its CPUs are on several nodes */
static int node_of(const struct model *m, uint64_t cpus)
{
	int node = -2;

	for (uint32_t cpu = 0; cpu < m->nr_cpus; cpu++)
		if (cpus >> cpu & 1)
			node = node == -2 || node == (int)m->cpus[cpu].node ? (int)m->cpus[cpu].node : -1;
	return node;
}

static void dump_scope(struct sheet *sh, unsigned int scope)
{
	uint32_t pod_of_cpu[CPUS_MAX], nr;
	uint64_t cpus[CPUS_MAX];
	char upper[16];
	size_t i;

	for (i = 0; scope_names[scope][i]; i++)
		upper[i] = (char)(scope_names[scope][i] - 'a' + 'A');
	upper[i] = '\0';
	end_line(sh);
	say(sh, "%s%s", upper, scope == sh->m->default_scope ? " (default)" : "");
	nr = pods_of(sh->m, scope, pod_of_cpu, cpus);
	say(sh, "  nr_pods  %" PRIu32, nr);
	put(sh, "  pod_cpus");
	for (uint32_t pod = 0; pod < nr; pod++) {
		put(sh, " [%" PRIu32 "]=", pod);
		put_mask(sh, cpus[pod]);
	}
	end_line(sh);
	put(sh, "  pod_node");
	for (uint32_t pod = 0; pod < nr; pod++)
		put(sh, " [%" PRIu32 "]=%d", pod, node_of(sh->m, cpus[pod]));
	end_line(sh);
	put(sh, "  cpu_pod ");
	for (uint32_t cpu = 0; cpu < sh->m->nr_cpus; cpu++)
		put(sh, " [%" PRIu32 "]=%" PRIu32, cpu, pod_of_cpu[cpu]);
	end_line(sh);
}

static void dump_scopes(struct sheet *sh)
{
	title(sh, "Affinity Scopes");
	put(sh, "wq_unbound_cpumask=");
	put_mask(sh, sh->m->unbound_cpus);
	end_line(sh);
	for (unsigned int scope = 1; scope < NR_SCOPES; scope++)
		dump_scope(sh, scope);
}

/* ---- wq_dump: pools ----------------------------------------------------------------------- */

struct numbered {
	uint32_t number, id;
};

static int by_number(const void *a, const void *b)
{
	const struct numbered *x = a, *y = b;

	return x->number < y->number ? -1 : x->number > y->number;
}

uint32_t table_pools(const struct model *m, const struct trace_store *s, uint32_t *ids)
{
	struct numbered *all = shortage_need(calloc(m->nr_pools + 1, sizeof(*all)));
	uint32_t nr = 0;

	for_each_row(i, m, pools)
		if (model_pool(m, i) && !m->pools[i].freed)
			all[nr++] = (struct numbered){ table_pool_number(s, i), i };
	qsort(all, nr, sizeof(*all), by_number);
	for (uint32_t i = 0; i < nr; i++)
		ids[i] = all[i].id;
	free(all);
	return nr;
}

static void rows(struct sheet *sh, const struct table *t, uint32_t *ids, struct table_row *row)
{
	uint32_t nr = table_rows(t, sh->m, sh->s, ids);

	table_row_init(row, t, sh->m, sh->s);
	for (uint32_t i = 0; i < nr; i++) {
		row->id = ids[i];
		table_line(t, row, &sh->line);
		end_line(sh);
	}
}

static void dump_pools(struct sheet *sh)
{
	uint32_t *ids = shortage_need(calloc(table_rows_max(&table_of_pools, sh->m), sizeof(*ids)));
	struct table_row row;

	end_line(sh);
	title(sh, "Worker Pools");
	rows(sh, &table_of_pools, ids, &row);
	free(ids);
}

/* ---- wq_dump: workqueues ---------------------------------------------------------------- */

/* The pwqs of one workqueue: for each CPU, and as the default one, the newest; 0 = none. */
struct slots {
	uint32_t cpu[CPUS_MAX], dfl;
};

/* Return: by number of the workqueue, to be freed. */
static struct slots *find_slots(const struct model *m)
{
	struct slots *all = shortage_need(calloc(m->nr_wqs + 1, sizeof(*all)));

	for_each_row(i, m, pwqs) {
		const struct model_pwq *p = model_pwq(m, i);

		if (!p || p->freed || p->wq > m->nr_wqs)
			continue;
		if (p->cpu < 0)
			all[p->wq].dfl = i;
		else if (p->cpu < CPUS_MAX)
			all[p->wq].cpu[p->cpu] = i;
	}
	return all;
}

/* A CPU without a pwq from the current attributes uses the default one, as do all older ones. */
static const struct model_pwq *slot(const struct model *m, const struct slots *s, uint32_t cpu)
{
	uint32_t id = s->cpu[cpu] > s->dfl ? s->cpu[cpu] : s->dfl ? s->dfl : s->cpu[cpu];

	return model_pwq(m, id);
}

static const char *type_of(const struct model_wq *q)
{
	if (q->flags & F_BH)
		return "bh";
	if (!(q->flags & F_UNBOUND))
		return "percpu";
	return q->ordered ? "ordered" : q->strict ? "unbound,S" : "unbound";
}

#define NAME_LEN 32		/* WQ_NAME_LEN */

/* "[          workqueue           \" */
static void put_corner(struct sheet *sh)
{
	int left = (NAME_LEN - 2 - 9) / 2;

	put(sh, "[%*s%-*s\\", left, "", NAME_LEN - 2 - left, "workqueue");
}

static void dump_slots(struct sheet *sh)
{
	struct slots *slots = find_slots(sh->m);
	struct table_row pools;
	int id_len;

	end_line(sh);
	title(sh, "Workqueue CPU -> pool");
	table_row_init(&pools, &table_of_pools, sh->m, sh->s);
	id_len = pools.id_digits;
	put_corner(sh);
	put(sh, " %-10s", "type   CPU");
	for (uint32_t cpu = 0; cpu < sh->m->nr_cpus; cpu++)
		put(sh, " %*" PRIu32, id_len, cpu);
	say(sh, " dfl]");
	for_each_row(i, sh->m, wqs) {
		const struct model_wq *q = model_wq(sh->m, i);
		const struct model_pwq *p;

		if (!q || q->freed || !slots)
			continue;
		put(sh, "%-*s %-10s", NAME_LEN, name_of(sh, CLS_WQ, i), type_of(q));
		for (uint32_t cpu = 0; cpu < sh->m->nr_cpus; cpu++) {
			p = slot(sh->m, &slots[i], cpu);
			put(sh, " %*" PRIu32, larger(digits(cpu), id_len), p ? pool_number(sh, p->pool) : 0);
		}
		p = q->flags & F_UNBOUND ? model_pwq(sh->m, slots[i].dfl) : NULL;
		if (p)
			put(sh, " %*" PRIu32, id_len, pool_number(sh, p->pool));
		end_line(sh);
	}
	free(slots);
}

static void dump_rescuers(struct sheet *sh)
{
	int len = larger(mask_len(sh->m), 12);

	end_line(sh);
	title(sh, "Workqueue -> rescuer");
	put_corner(sh);
	say(sh, " %-*s    pid %-*s ]", len, "unbound_cpus", len, "rescuer_cpus");
	for_each_row(i, sh->m, wqs) {
		const struct model_wq *q = model_wq(sh->m, i);
		const struct model_worker *r = q ? model_worker(sh->m, q->rescuer) : NULL;
		const struct model_task *t = r ? model_task(sh->m, r->task) : NULL;

		if (!q || q->freed || !t)
			continue;
		put(sh, "%-*s ", NAME_LEN, name_of(sh, CLS_WQ, i));
		if (q->flags & F_UNBOUND)
			put_mask(sh, q->cpus);
		put(sh, "%*s %6" PRIu32 " ", q->flags & F_UNBOUND ? len - mask_len(sh->m) : len, "", t->id);
		put_mask(sh, t->allowed);
		say(sh, "%*s", len - mask_len(sh->m), "");
	}
}

static void dump_nodes(struct sheet *sh)
{
	uint64_t online = 0, nodes[MODEL_NODES_MAX] = { 0 };

	for (uint32_t cpu = 0; cpu < sh->m->nr_cpus; cpu++) {
		online |= (uint64_t)sh->m->cpus[cpu].online << cpu;
		if (sh->m->cpus[cpu].node < MODEL_NODES_MAX)
			nodes[sh->m->cpus[cpu].node] |= UINT64_C(1) << cpu;
	}
	end_line(sh);
	title(sh, "Unbound workqueue -> node_nr/max_active");
	put(sh, "online_cpus=");
	put_mask(sh, online);
	end_line(sh);
	for (uint32_t node = 0; node < sh->m->nr_nodes && node < MODEL_NODES_MAX; node++) {
		put(sh, "NODE[%02" PRIu32 "]=", node);
		put_mask(sh, nodes[node]);
		end_line(sh);
	}
	end_line(sh);
	put_corner(sh);
	put(sh, " min max");
	for (uint32_t node = 0; node < sh->m->nr_nodes; node++)
		put(sh, node ? " %7" PRIu32 : "  NODE %" PRIu32, node);
	say(sh, " %7s ]", "dfl");
	for_each_row(i, sh->m, wqs) {
		const struct model_wq *q = model_wq(sh->m, i);

		if (!q || q->freed || !(q->flags & F_UNBOUND))
			continue;
		put(sh, "%-*s %3" PRIu32 " %3" PRIu32, NAME_LEN, name_of(sh, CLS_WQ, i), q->min_active, q->max_active);
		for (uint32_t node = 0; node <= sh->m->nr_nodes && node <= MODEL_NODES_MAX; node++) {
			uint32_t at = node == sh->m->nr_nodes ? MODEL_NODES_MAX : node;

			put(sh, " %3" PRIu32 "/%3" PRIu32, q->node_nr[at], q->node_max[at]);
		}
		end_line(sh);
	}
}

void table_wq_dump(const struct model *m, const struct trace_store *s, const struct table_out *out)
{
	struct sheet sh;

	sheet_init(&sh, m, s, out);
	dump_scopes(&sh);
	dump_pools(&sh);
	dump_slots(&sh);
	dump_rescuers(&sh);
	dump_nodes(&sh);
}

/* ---- ps -------------------------------------------------------------------------------------- */

void table_ps(const struct model *m, const struct trace_store *s, const struct table_out *out)
{
	uint32_t *ids = shortage_need(calloc(table_rows_max(&table_of_threads, m), sizeof(*ids)));
	struct table_row row;
	struct sheet sh;

	sheet_init(&sh, m, s, out);
	table_line(&table_of_threads, NULL, &sh.line);
	end_line(&sh);
	rows(&sh, &table_of_threads, ids, &row);
	free(ids);
}

/* ---- /sys -------------------------------------------------------------------------------------- */

#define SYS "/sys/devices/virtual/workqueue"

static void sys_mask(struct sheet *sh, const char *path, const char *file, uint64_t cpus)
{
	int width = (int)(sh->m->nr_cpus + 3) / 4;

	if (sh->m->nr_cpus > 32)
		say(sh, "%s/%s:%0*" PRIx32 ",%08" PRIx32, path, file, width - 8, (uint32_t)(cpus >> 32), (uint32_t)cpus);
	else
		say(sh, "%s/%s:%0*" PRIx64, path, file, width, cpus);
}

static void sys_wq(struct sheet *sh, const struct model_wq *q)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", SYS, name_of(sh, CLS_WQ, q->id));
	say(sh, "%s/max_active:%" PRIu32, path, q->asked_max_active);
	say(sh, "%s/per_cpu:%d", path, !(q->flags & F_UNBOUND));
	if (!(q->flags & F_UNBOUND))
		return;
	if (q->scope)
		say(sh, "%s/affinity_scope:%s", path, scope_names[q->scope < NR_SCOPES ? q->scope : 0]);
	else
		say(sh, "%s/affinity_scope:default (%s)", path,
		    scope_names[sh->m->default_scope < NR_SCOPES ? sh->m->default_scope : 0]);
	say(sh, "%s/affinity_strict:%d", path, q->strict);
	sys_mask(sh, path, "cpumask", q->cpus);
	say(sh, "%s/nice:%" PRId32, path, q->nice);
}

void table_sysfs(const struct model *m, const struct trace_store *s, const struct table_out *out)
{
	struct sheet sh;

	sheet_init(&sh, m, s, out);
	sys_mask(&sh, SYS, "cpumask", m->unbound_cpus);
	sys_mask(&sh, SYS, "cpumask_isolated", m->isolated_cpus);
	sys_mask(&sh, SYS, "cpumask_requested", m->requested_cpus);
	for_each_row(i, m, wqs) {
		const struct model_wq *q = model_wq(m, i);

		if (q && !q->freed && q->in_sysfs)
			sys_wq(&sh, q);
	}
}
