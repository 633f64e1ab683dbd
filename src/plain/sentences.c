/*
 * plain/sentences.c - events and states as sentences.
 *
 * One row of a table for each kind of event that changes something; names come
 * from the trace, states from the model.  The words are the kernel's.
 *
 * Lives here:   the table, names of things, the machine read aloud.
 * Never here:   which events are told (plain.c).
 * Licence: MIT.
 */
#include "plain/sentences.h"

#include <string.h>

#include "base/time.h"

/* ---- names of things -------------------------------------------------------------- */

static const char *name_of(const struct trace_store *s, enum trace_class cls, uint32_t id, const char *none)
{
	const char *name = id ? trace_store_name(s, cls, id) : NULL;

	return name ? name : none;
}

static void put_pool(const struct model *m, uint32_t id, struct strbuf *out)
{
	const struct model_pool *p = model_pool(m, id);

	if (!p)
		strbuf_puts(out, "no pool");
	else if (p->cpu < 0)
		strbuf_printf(out, "unbound pool %u", id);
	else
		strbuf_printf(out, "CPU %d's %s", p->cpu, p->flags & 1 ? (p->nice < 0 ? "high BH pool" : "BH pool") :
			      p->nice < 0 ? "highpri pool" : "pool");
}

static void put_task(const struct model *m, uint32_t id, struct strbuf *out)
{
	const struct model_task *t = model_task(m, id);

	strbuf_puts(out, t && t->comm[0] ? t->comm : "a thread");
}

static void put_worker(const struct model *m, const struct trace_store *s, uint32_t id, struct strbuf *out)
{
	const struct model_worker *w = model_worker(m, id);
	const char *name = name_of(s, CLS_WORKER, id, NULL);

	if (name)
		strbuf_puts(out, name);
	else if (w && w->task)
		put_task(m, w->task, out);
	else
		strbuf_puts(out, "a worker");
}

/* A pwq has no name of its own: where a workqueue and a pool meet. */
static void put_pwq(const struct model *m, const struct trace_store *s, uint32_t id, struct strbuf *out)
{
	const struct model_pwq *q = model_pwq(m, id);

	strbuf_puts(out, q ? name_of(s, CLS_WQ, q->wq, "a workqueue") : "a workqueue");
	if (q && q->cpu >= 0)
		strbuf_printf(out, " on CPU %d", q->cpu);
}

static void put_ms(uint64_t ns, struct strbuf *out)
{
	strbuf_puts(out, time_text_ms(ns).text);
}

static void put_value(const struct model *m, const struct trace_store *s, const struct trace_value *v,
		      struct strbuf *out)
{
	uint32_t id = (uint32_t)v->num;

	switch (v->type) {
	case TY_item: strbuf_puts(out, name_of(s, CLS_ITEM, id, "an item")); break;
	case TY_wq: strbuf_puts(out, name_of(s, CLS_WQ, id, "a workqueue")); break;
	case TY_line: strbuf_puts(out, name_of(s, CLS_LINE, id, "a device")); break;
	case TY_obj: strbuf_puts(out, name_of(s, CLS_OBJ, id, "an object")); break;
	case TY_func: strbuf_puts(out, name_of(s, CLS_FUNC, id, "its function")); break;
	case TY_pool: put_pool(m, id, out); break;
	case TY_pwq: put_pwq(m, s, id, out); break;
	case TY_worker: put_worker(m, s, id, out); break;
	case TY_task: put_task(m, id, out); break;
	case TY_ns: put_ms((uint64_t)v->num, out); break;
	case TY_bool: strbuf_puts(out, v->num ? "yes" : "no"); break;
	case TY_text: strbuf_putn(out, v->text, v->text_len); break;
	default: strbuf_printf(out, "%lld", (long long)v->num);
	}
}

/* ---- the table ----------------------------------------------------------------------- */

/*
 * {field} is the row's field, {@cpu} and {@task} stand in the event's head,
 * {@bug} is the kind of a bug in words.
 * "field?one|other": one if that
 * field is not 0, else the other; nothing is said where that is empty.
 */
static const struct word {
	enum trace_kind kind;
	const char *text;
} words[] = {
	{ EV_PENDING_SET, "PENDING of {item} is set." },
	{ EV_PENDING_BUSY, "{item} is pending already: the call changes nothing." },
	{ EV_PENDING_CLEAR, "disable?{item} is disabled: PENDING is cleared again.|PENDING of {item} is cleared." },
	{ EV_QUEUE_WORK, "{item} is queued on workqueue {wq}, for {pool}." },
	{ EV_QUEUE_REDIRECT, "{item} still runs in {worker}: it goes to {to}, not to {from}." },
	{ EV_ACTIVATE_WORK, "{item} enters the worklist of {pool}." },
	{ EV_INACTIVE, "{item} is held back: {nr_active} active, max_active {max_active}." },
	{ EV_COLLIDE, "{worker} took {item}, but {runner} still runs it: {runner} gets it." },
	{ EV_EXECUTE_START, "{worker} starts {item}." },
	{ EV_EXECUTE_END, "{worker} has ended {item}." },
	{ EV_STEAL, "{item} is taken off its list." },
	{ EV_DELAYED_ARM, "The timer of {item} is armed: {delay} jiffies." },
	{ EV_DELAYED_FIRE, "The timer of {item} expires." },
	{ EV_DELAYED_OFF, "The timer of {item} is deleted." },
	{ EV_KICK, "worker?{pool} wakes {worker}.|" },
	{ EV_WORKER_CREATE_FAIL, "{pool} could not make a thread." },
	{ EV_WORKER_CREATE, "{worker} is made, number {nr_workers} of {pool}." },
	{ EV_WORKER_IDLE, "{worker} goes idle: nr_idle {nr_idle}, nr_running {nr_running}." },
	{ EV_WORKER_BUSY, "{worker} is up: nr_idle {nr_idle}." },
	{ EV_WORKER_SLEEP, "{worker} sleeps in {item}: nr_running {nr_running}." },
	{ EV_WORKER_WAKE, "{worker} is back in {item}: nr_running {nr_running}." },
	{ EV_MANAGE_BEGIN, "{worker} becomes manager of {pool}." },
	{ EV_MANAGE_END, "{worker} is manager no longer." },
	{ EV_CULL, "{worker} is to die: {pool} keeps {nr_workers} workers." },
	{ EV_MAYDAY, "Mayday: {pool} calls for the rescuer of {wq}." },
	{ EV_MAYDAY_NONE, "Mayday from {pool}: workqueue {wq} has no rescuer." },
	{ EV_RESCUER_BEGIN, "{worker} comes to {pool} to help {wq}." },
	{ EV_RESCUE, "{worker} takes {item}." },
	{ EV_RESCUER_END, "{worker} leaves {pool}." },
	{ EV_WQ_REFUSED, "A workqueue is refused: {text}" },
	{ EV_WQ_MAX_ACTIVE, "max_active of {wq} is now {max_active}." },
	{ EV_WQ_FREE, "leaked?Workqueue {wq} was still in use: it is leaked.|Workqueue {wq} is gone." },
	{ EV_FLUSH_WORK, "waits?{@task} waits for {item} (flush).|{@task} has nothing to wait for: {item} is idle." },
	{ EV_FLUSH_WORK_END, "The wait for {item} is over." },
	{ EV_FLUSH_WQ, "{@task} waits for all that is on {wq} (flush)." },
	{ EV_FLUSH_WQ_END, "{@task} is back from flushing {wq}." },
	{ EV_DRAIN, "{@task} drains {wq}: only its own items may queue there." },
	{ EV_DRAIN_END, "{wq} is drained." },
	{ EV_DRAIN_REFUSED, "{item} is refused: {wq} is being drained." },
	{ EV_CANCEL, "was_pending?{item} is cancelled: it was pending.|{item} was not pending: there is nothing to cancel." },
	{ EV_CANCEL_END, "No run of {item} is left." },
	{ EV_HOG, "{item} has been on the CPU for {cpu_time}: it no longer counts as running." },
	{ EV_STALL, "The watchdog: {pool} has done nothing for {stuck}, and items wait." },
	{ EV_BUG, "The kernel reports a bug ({@bug}): {text}." },
	{ EV_FREEZE, "state?Tasks are being frozen.|Tasks are thawed." },
	{ EV_RCU_QUEUE, "{item} waits for a grace period." },
	{ EV_CPU_STATE, "online?CPU {cpu} is on-line.|CPU {cpu} is off-line." },
	{ EV_IRQ_ENTRY, "{line} interrupts CPU {@cpu}." },
	{ EV_IRQ_EXIT, "The handler of {line} returns." },
	{ EV_IRQ_NOBODY, "{line} is raised, and no driver holds it." },
	{ EV_IRQ_LOST, "{line} is raised again before it was handled: that interrupt is lost." },
	{ EV_CREATE_STALL, "on?From here on no thread can be made.|Threads can be made again." },
	{ EV_FREE, "{object} is freed." },
	{ EV_NO_FUTURE, "Nothing else can happen. {text}" },
	{ EV_TRACE_FULL, "The run ends here: {events} events are its bound." },
	{ EV_DROPPED, "{events} events were lost: their ring was full." },
	{ EV_OUTSIDE, "The run is over: {text}" },
};

static bool nonzero(const struct trace_event *ev, const char *field, size_t n)
{
	struct trace_value v;
	char name[32];

	snprintf(name, sizeof(name), "%.*s", (int)n, field);
	return trace_event_get(ev, name, &v) && v.num != 0;
}

/* The alternative that holds, its end in *@end. */
static const char *choose(const struct trace_event *ev, const char *text, const char **end)
{
	const char *bar = strchr(text, '|'), *mark = strchr(text, '?');

	*end = text + strlen(text);
	if (!bar)
		return text;
	if (!nonzero(ev, text, (size_t)(mark - text)))
		return bar + 1;
	*end = bar;
	return mark + 1;
}

static void put_placeholder(const struct model *m, const struct trace_store *s, const struct trace_event *ev,
			    const char *name, size_t n, struct strbuf *out)
{
	struct trace_value v;
	char field[32];

	snprintf(field, sizeof(field), "%.*s", (int)n, name);
	if (!strcmp(field, "@cpu"))
		strbuf_printf(out, "%d", ev->cpu);
	else if (!strcmp(field, "@task"))
		put_task(m, ev->task, out);
	else if (!strcmp(field, "@bug"))
		strbuf_puts(out, trace_event_get(ev, "kind", &v) ? trace_bug_name((enum trace_bug)v.num) : "");
	else if (trace_event_get(ev, field, &v))
		put_value(m, s, &v, out);
}

void plain_sentence(const struct model *m, const struct trace_store *s, const struct trace_event *ev,
		    struct strbuf *out)
{
	const char *p = NULL, *end, *close;
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]) && !p; i++)
		if (words[i].kind == ev->kind)
			p = words[i].text;
	if (!p)
		return;
	for (p = choose(ev, p, &end); p < end; p++) {
		close = *p == '{' ? memchr(p, '}', (size_t)(end - p)) : NULL;
		if (!close) {
			strbuf_putc(out, *p);
			continue;
		}
		put_placeholder(m, s, ev, p + 1, (size_t)(close - p - 1), out);
		p = close;
	}
}

/* ---- the machine, read aloud ------------------------------------------------------------- */

struct listing {
	struct strbuf *out;
	const char *title;
	bool begun;
};

static void list_next(struct listing *l)
{
	if (l->begun)
		strbuf_puts(l->out, ", ");
	else
		strbuf_printf(l->out, " %s: ", l->title);
	l->begun = true;
}

static void list_end(struct listing *l)
{
	if (l->begun)
		strbuf_putc(l->out, '.');
}

static void tell_items(const struct model *m, const struct trace_store *s, const char *title,
		       const struct model_list *list, struct strbuf *out)
{
	struct listing l = { out, title, false };
	uint32_t id = list->first, n;

	for (n = 0; id && n < list->count; n++) {
		list_next(&l);
		strbuf_puts(out, name_of(s, CLS_ITEM, id, "an item"));
		id = m->items[id].next;
	}
	list_end(&l);
}

static void tell_busy(const struct model *m, const struct trace_store *s, uint32_t pool, bool sleeping,
		      struct strbuf *out)
{
	struct listing l = { out, sleeping ? "Sleeping" : "Running", false };
	const struct model_task *t;
	uint32_t id;

	for (id = 1; id <= m->nr_workers; id++) {
		const struct model_worker *w = model_worker(m, id);

		if (!w || w->pool != pool || w->place != WK_BUSY || w->sleeping != sleeping)
			continue;
		list_next(&l);
		put_worker(m, s, id, out);
		strbuf_printf(out, " in %s", name_of(s, CLS_ITEM, w->item, "an item"));
		t = model_task(m, w->task);
		if (sleeping && t && t->sleep_until > m->time) {
			strbuf_puts(out, ", wakes in ");
			put_ms(t->sleep_until - m->time, out);
		} else if (!sleeping && t && t->burning && t->burn_length) {
			strbuf_puts(out, ", ");
			put_ms(model_burn_done(m, t, m->time), out);
			strbuf_puts(out, " of ");
			put_ms(t->burn_length, out);
			strbuf_puts(out, " done");
		}
	}
	list_end(&l);
}

static void tell_idle(const struct model *m, const struct trace_store *s, const struct model_pool *p,
		      struct strbuf *out)
{
	struct listing l = { out, p->idle.count > 1 ? "Idle, woken from the first on" : "Idle", false };
	uint32_t id = p->idle.first, n;

	for (n = 0; id && n < p->idle.count; n++) {
		list_next(&l);
		put_worker(m, s, id, out);
		id = m->workers[id].next;
	}
	list_end(&l);
}

static bool pool_is_quiet(const struct model_pool *p)
{
	return !p->worklist.count && !p->manager && p->nr_idle == p->nr_workers;
}

static void tell_pool(const struct model *m, const struct trace_store *s, const struct model_pool *p,
		      struct strbuf *out)
{
	put_pool(m, p->id, out);
	strbuf_printf(out, ": nr_running %u, %u worker%s.", p->nr_running, p->nr_workers,
		      p->nr_workers == 1 ? "" : "s");
	tell_items(m, s, "Waiting", &p->worklist, out);
	tell_busy(m, s, p->id, false, out);
	tell_busy(m, s, p->id, true, out);
	tell_idle(m, s, p, out);
	if (p->manager) {
		strbuf_puts(out, " Manager: ");
		put_worker(m, s, p->manager, out);
		strbuf_putc(out, '.');
	}
	if (p->mayday_expires > m->time) {
		strbuf_puts(out, " The mayday timer rings in ");
		put_ms(p->mayday_expires - m->time, out);
		strbuf_putc(out, '.');
	}
	strbuf_putc(out, '\n');
}

static void tell_cpu(const struct model *m, const struct trace_store *s, const struct model_cpu *c,
		     struct strbuf *out)
{
	strbuf_printf(out, "CPU %u ", c->id);
	if (!c->online) {
		strbuf_puts(out, "is off-line");
	} else if (c->irq_line) {
		strbuf_printf(out, "is in the handler of %s", name_of(s, CLS_LINE, c->irq_line, "a device"));
	} else if (c->task && c->task != c->idle_task) {
		strbuf_puts(out, "runs ");
		put_task(m, c->task, out);
	} else {
		strbuf_puts(out, "is idle");
	}
	strbuf_puts(out, ".\n");
}

static void tell_pwq(const struct model *m, const struct trace_store *s, const struct model_pwq *q,
		     struct strbuf *out)
{
	const struct model_wq *wq = model_wq(m, q->wq);

	strbuf_puts(out, "Workqueue ");
	put_pwq(m, s, q->id, out);
	strbuf_printf(out, ": %u active of at most %u.", q->nr_active, wq ? wq->max_active : 0);
	tell_items(m, s, "Held back", &q->inactive, out);
	if (q->on_mayday)
		strbuf_puts(out, " It has called for its rescuer.");
	strbuf_putc(out, '\n');
}

void plain_machine(const struct model *m, const struct trace_store *s, struct strbuf *out)
{
	unsigned int quiet = 0;
	uint32_t id;

	strbuf_puts(out, "It is ");
	put_ms(m->time, out);
	strbuf_puts(out, m->creation_stalled ? ". No thread can be made.\n" : ".\n");
	for (id = 0; id < CPUS_MAX; id++)
		if (m->cpus[id].exists)
			tell_cpu(m, s, &m->cpus[id], out);
	for (id = 1; id <= m->nr_pools; id++) {
		const struct model_pool *p = model_pool(m, id);

		if (!p || p->freed)
			continue;
		/* the normal pools are what lessons are about; others only when they have something to tell */
		if (pool_is_quiet(p) && (p->cpu < 0 || p->nice < 0 || (p->flags & 1)))
			quiet++;
		else
			tell_pool(m, s, p, out);
	}
	if (quiet)
		strbuf_printf(out, "%u other pool%s quiet.\n", quiet, quiet == 1 ? " is" : "s are");
	for (id = 1; id <= m->nr_pwqs; id++) {
		const struct model_pwq *q = model_pwq(m, id);

		if (q && !q->freed && (q->nr_active || q->inactive.count))
			tell_pwq(m, s, q, out);
	}
}
