/*
 * trace/trace_table.c - the event table as data: rows, fields, names, hash.
 *
 * Made from trace_events.def and trace_why.def.
 * Never here:   reading or writing events (trace.c, store.c).   Licence: MIT.
 */
#include "trace/trace.h"

#include "base/check.h"
#include "base/rng.h"

#define F(type, name) { #name, TY_##type },
#define EV(ID, name, level, f_, meaning) \
	static const struct trace_field fields_##ID[] = { f_ };
#include "trace/trace_events.def"
#undef EV
#undef F

#define F(type, name)
#define EV(ID, name_, level_, f_, meaning_)                                              \
	[EV_##ID] = { #ID, name_, TRACE_##level_,                                        \
		      sizeof(fields_##ID) / sizeof(fields_##ID[0]), fields_##ID, meaning_ },
const struct trace_row trace_rows[EV_NR] = {
	[EV_NONE] = { "NONE", "none", TRACE_MACHINE, 0, NULL, "no event" },
#include "trace/trace_events.def"
};
#undef EV
#undef F

#define WHY(ID, name, a, b, c, d, ret_yes, ret_no, yes, no) \
	[WHY_##ID] = { name, { a, b, c, d }, { ret_no, ret_yes }, yes, no },
const struct trace_why_row trace_why_rows[WHY_NR] = {
#include "trace/trace_why.def"
};
#undef WHY

#define ASK_KIND(ID, name, form) [ASK_##ID] = { name, FORM_##form },
const struct trace_ask_row trace_asks[ASK_NR] = {
#include "trace/trace_ask.def"
};
#undef ASK_KIND

bool trace_is_lesson(unsigned int kind)
{
	return (kind >= EV_LESSON && kind <= EV_LESSON_END) || (kind >= EV_QUESTION_TEXT && kind <= EV_JUDGED) ||
	       kind == EV_NOTE || (kind >= EV_EXERCISE && kind <= EV_CHOOSING_OVER);
}

bool trace_is_verdict(unsigned int kind)
{
	return kind == EV_JUDGED || kind == EV_VERDICT;
}

static struct trace_layout layouts[EV_NR];
const struct trace_layout *const trace_layouts = layouts;

/* Runs before main(), since any thread may read events. */
__attribute__((constructor)) static void lay_out(void)
{
	for (int kind = 1; kind < EV_NR; kind++) {
		const struct trace_row *row = &trace_rows[kind];
		struct trace_layout *l = &layouts[kind];

		for (unsigned int i = 0; i < row->nr_fields; i++) {
			enum trace_type type = row->fields[i].type;
			enum trace_class cls = trace_type_class(type);

			bug_on(i >= TRACE_FIELDS_MAX);
			if (type == TY_ids || type == TY_text)
				break;
			l->at[i] = (uint8_t)l->fixed;
			if (cls != CLS_NONE) {
				l->id[l->nr_ids].cls = (uint8_t)cls;
				l->id[l->nr_ids++].at = (uint8_t)l->fixed;
				if (!strcmp(row->fields[i].name, trace_class_name(cls)))
					l->of[cls] = (uint8_t)(l->fixed + 1);
			}
			l->fixed += type == TY_u64 || type == TY_ns || type == TY_mask ? 8 : 4;
			l->nr_fixed++;
		}
		l->all_fixed = l->nr_fixed == row->nr_fields;
		/* fields that are ids come before lists and texts */
		for (unsigned int i = l->nr_fixed; i < row->nr_fields; i++)
			bug_on(trace_type_class(row->fields[i].type) != CLS_NONE);
	}
}

static const char *const level_names[TRACE_LEVEL_NR] = { "story", "detail", "machine" };
static const char *const class_names[CLS_NR] = {
	"none", "item", "wq", "pwq", "pool", "worker", "task", "func", "line", "obj", "fn", "lock", "cpu", "source"
};
static const char *const ctx_names[CTX_NR] = { "task", "softirq", "hardirq", "director" };
static const char *const bug_names[BUG_NR] = {
	"none", "atomic-sleep", "use-after-free", "free-active", "unloaded-code", "leak",
	"lock-recursion", "lock-cycle", "lock-leak", "warning", "wait-cycle", "double-free", "lock-order",
	"requeue-storm"
};

bool trace_kick_decides(const struct trace_event *ev)
{
	struct ev_KICK e;

	return !trace_get_KICK(ev, &e) || e.worker || (ev->why.pred == WHY_NEED_MORE_WORKER && ev->why.v[1]);
}

const char *trace_why_returned(const struct trace_why *why)
{
	return why->pred < WHY_NR ? trace_why_rows[why->pred].returned[why->v[0] != 0] : "";
}

const char *trace_level_name(enum trace_level level)
{
	return level < TRACE_LEVEL_NR ? level_names[level] : "?";
}

const char *trace_class_name(enum trace_class cls)
{
	return cls < CLS_NR ? class_names[cls] : "?";
}

const char *trace_ctx_name(enum trace_ctx ctx)
{
	return ctx < CTX_NR ? ctx_names[ctx] : "?";
}

const char *trace_softirq_name(uint32_t vec)
{
	static const char *const names[] = {
		"HI", "TIMER", "NET_TX", "NET_RX", "BLOCK", "IRQ_POLL", "TASKLET", "SCHED", "HRTIMER", "RCU",
	};

	return vec < sizeof(names) / sizeof(names[0]) ? names[vec] : "?";
}

const char *trace_bug_name(enum trace_bug kind)
{
	return kind < BUG_NR ? bug_names[kind] : "?";
}

enum trace_kind trace_kind_by_name(const char *name)
{
	for (int k = EV_NONE + 1; k < EV_NR; k++)
		if (!strcmp(trace_rows[k].name, name))
			return (enum trace_kind)k;
	return EV_NONE;
}

enum trace_class trace_type_class(enum trace_type type)
{
	switch (type) {
	case TY_item:	return CLS_ITEM;
	case TY_wq:	return CLS_WQ;
	case TY_pwq:	return CLS_PWQ;
	case TY_pool:	return CLS_POOL;
	case TY_worker:	return CLS_WORKER;
	case TY_task:	return CLS_TASK;
	case TY_func:	return CLS_FUNC;
	case TY_line:	return CLS_LINE;
	case TY_obj:	return CLS_OBJ;
	default:	return CLS_NONE;
	}
}

/* Computed once: every poll of a log needs it. */
uint64_t trace_table_hash(void)
{
	static _Atomic uint64_t known;
	uint64_t h = atomic_load_explicit(&known, memory_order_relaxed);

	if (h)
		return h;
	for (int k = 1; k < EV_NR; k++) {
		const struct trace_row *r = &trace_rows[k];

		h = rng_mix(h ^ rng_hash_bytes(r->name, strlen(r->name)));
		for (unsigned int i = 0; i < r->nr_fields; i++) {
			h = rng_mix(h ^ rng_hash_bytes(r->fields[i].name, strlen(r->fields[i].name)));
			h = rng_mix(h ^ r->fields[i].type);
		}
	}
	for (int w = 1; w < WHY_NR; w++)
		h = rng_mix(h ^ rng_hash_bytes(trace_why_rows[w].name, strlen(trace_why_rows[w].name)));
	atomic_store_explicit(&known, h, memory_order_relaxed);
	return h;
}
