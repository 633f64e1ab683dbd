/*
 * words/name.c - see name.h.   Licence: MIT.
 */
#include "words/name.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "model/flags.h"
#include "model/tables.h"
#include "words/texts.h"

static const enum words_key nouns[CLS_NR] = {
	[CLS_NONE] = W_NOUN_THING, [CLS_ITEM] = W_NOUN_ITEM, [CLS_WQ] = W_NOUN_WQ, [CLS_PWQ] = W_NOUN_PWQ,
	[CLS_POOL] = W_NOUN_POOL, [CLS_WORKER] = W_NOUN_WORKER, [CLS_TASK] = W_NOUN_THREAD,
	[CLS_FUNC] = W_NOUN_FUNCTION, [CLS_LINE] = W_NOUN_DEVICE, [CLS_OBJ] = W_NOUN_OBJECT,
	[CLS_FN] = W_NOUN_FUNCTION, [CLS_LOCK] = W_NOUN_LOCK, [CLS_CPU] = W_NOUN_CPU, [CLS_SOURCE] = W_NOUN_FUNCTION,
};

static const enum words_key lock_nouns[] = {
	[LOCK_KIND_SPIN] = W_NOUN_SPIN_LOCK, [LOCK_KIND_SLEEPING] = W_NOUN_LOCK, [LOCK_KIND_MUTEX] = W_NOUN_MUTEX,
	[LOCK_KIND_COMPLETION] = W_NOUN_COMPLETION,
};

/* ---- by class -------------------------------------------------------------------------- */

/* The name that the trace gives, or NULL. */
static const char *traced(const struct trace_store *s, enum trace_class cls, uint32_t id)
{
	const char *name = trace_store_name(s, cls, id);

	return name && *name ? name : NULL;
}

/* Room for two names in one: a longer name is cut. */
#define PART 70

static const char *shorter(const char *name, char buf[PART])
{
	snprintf(buf, PART, "%s", name);
	return buf;
}

const char *words_pool_kind(const struct trace_store *s, const struct model *m, uint32_t id, char buf[WORDS_NAME])
{
	const struct model_pool *p = model_pool(m, id);
	bool bh = p && p->flags & POOL_BH;

	if (!p || p->cpu < 0 || p->flags & POOL_LEGACY)
		return words_name(s, m, CLS_POOL, id, buf);
	if (p->nice < 0)
		return bh ? W(POOL_KIND_BH_HIGHPRI) : W(POOL_KIND_HIGHPRI);
	return bh ? W(POOL_KIND_BH) : W(POOL_KIND_NORMAL);
}

static const char *pool_name(const struct trace_store *s, const struct model *m, uint32_t id, char buf[WORDS_NAME])
{
	const struct model_pool *p = model_pool(m, id);
	char kind[WORDS_NAME], part[PART];

	if (!p)
		snprintf(buf, WORDS_NAME, W(NAME_NUMBERED), W(NOUN_POOL), table_pool_number(s, id));
	else if (p->flags & POOL_LEGACY)
		snprintf(buf, WORDS_NAME, W(NAME_POOL_OF), shorter(traced(s, CLS_POOL, id) ? traced(s, CLS_POOL, id) : "?", part));
	else if (p->cpu < 0)
		snprintf(buf, WORDS_NAME, W(NAME_POOL_UNBOUND), table_pool_number(s, id));
	else if (p->nice >= 0 && !(p->flags & POOL_BH))
		snprintf(buf, WORDS_NAME, W(NAME_POOL_CPU), p->cpu);
	else
		snprintf(buf, WORDS_NAME, W(NAME_POOL_CPU_KIND), p->cpu, words_pool_kind(s, m, id, kind));
	return buf;
}

/* Where a workqueue and a pool meet. */
static const char *pwq_name(const struct trace_store *s, const struct model *m, uint32_t id, char buf[WORDS_NAME])
{
	const struct model_pwq *q = model_pwq(m, id);
	char wq[WORDS_NAME], pool[WORDS_NAME], a[PART], b[PART];

	if (!q) {
		snprintf(buf, WORDS_NAME, W(NAME_NUMBERED), W(NOUN_PWQ), id);
		return buf;
	}
	snprintf(buf, WORDS_NAME, W(NAME_PWQ), shorter(words_name(s, m, CLS_WQ, q->wq, wq), a),
		 shorter(words_name(s, m, CLS_POOL, q->pool, pool), b));
	return buf;
}

static bool is_barrier(const struct model *m, uint32_t item)
{
	const struct model_item *it = model_item(m, item);

	return it && it->kind == ITEM_KIND_BARRIER && it->target;
}

static const char *item_name(const struct trace_store *s, const struct model *m, uint32_t id, char buf[WORDS_NAME])
{
	char target[WORDS_NAME], part[PART];

	if (!is_barrier(m, id))
		return traced(s, CLS_ITEM, id);
	snprintf(buf, WORDS_NAME, W(NAME_BARRIER), shorter(words_name(s, m, CLS_ITEM, m->items[id].target, target), part));
	return buf;
}

static const char *task_name(const struct trace_store *s, const struct model *m, uint32_t id)
{
	const struct model_task *t = model_task(m, id);
	const char *name = traced(s, CLS_TASK, id);

	return name ? name : t && t->comm[0] ? t->comm : NULL;
}

static const char *worker_name(const struct trace_store *s, const struct model *m, uint32_t id)
{
	const struct model_worker *w = model_worker(m, id);
	const char *name = traced(s, CLS_WORKER, id);

	return name ? name : w && w->task ? task_name(s, m, w->task) : NULL;
}

static const char *lock_name(const struct trace_store *s, uint32_t id, char buf[WORDS_NAME])
{
	const struct trace_name *def = trace_store_def(s, CLS_LOCK, id);
	char part[PART];

	if (!def || !def->text || def->aux >= sizeof(lock_nouns) / sizeof(lock_nouns[0]))
		return NULL;
	snprintf(buf, WORDS_NAME, W(NAME_LOCK), words_fixed(lock_nouns[def->aux]), shorter(def->text, part));
	return buf;
}

const char *words_name(const struct trace_store *s, const struct model *m, enum trace_class cls,
		       uint32_t id, char buf[WORDS_NAME])
{
	const char *name;

	if (cls >= CLS_NR)
		cls = CLS_NONE;
	if (!id) {
		snprintf(buf, WORDS_NAME, W(NAME_NONE), words_fixed(nouns[cls]));
		return buf;
	}
	switch (cls) {
	case CLS_POOL: return pool_name(s, m, id, buf);
	case CLS_PWQ: return pwq_name(s, m, id, buf);
	case CLS_ITEM: name = item_name(s, m, id, buf); break;
	case CLS_TASK: name = task_name(s, m, id); break;
	case CLS_WORKER: name = worker_name(s, m, id); break;
	case CLS_LOCK: name = lock_name(s, id, buf); break;
	case CLS_CPU: name = NULL; id--; break;
	default: name = traced(s, cls, id);
	}
	if (name)
		return name;
	snprintf(buf, WORDS_NAME, W(NAME_NUMBERED), words_fixed(nouns[cls]), id);
	return buf;
}

/* ---- in a sentence ---------------------------------------------------------------------- */

/* "the" stands before what is a description, not a name. */
static bool takes_article(const struct model *m, enum trace_class cls, uint32_t id)
{
	const struct model_pool *p = cls == CLS_POOL ? model_pool(m, id) : NULL;

	if (!id)
		return false;
	return cls == CLS_LOCK || (cls == CLS_ITEM && is_barrier(m, id)) || (p && p->flags & POOL_LEGACY);
}

/* Only a name that begins with an English word may get a capital letter: an item may be called "a". */
static bool is_described(const struct model *m, enum trace_class cls, uint32_t id)
{
	return !id || cls == CLS_POOL || takes_article(m, cls, id);
}

void words_put_name(const struct trace_store *s, const struct model *m, enum trace_class cls, uint32_t id,
		    bool begins, struct strbuf *out)
{
	size_t from = out->len;
	char buf[WORDS_NAME];

	if (takes_article(m, cls, id))
		strbuf_printf(out, W(NAME_THE), words_name(s, m, cls, id, buf));
	else
		strbuf_puts(out, words_name(s, m, cls, id, buf));
	if (begins && is_described(m, cls, id) && out->len > from)
		out->buf[from] = (char)toupper((unsigned char)out->buf[from]);
}

struct words_name words_named(const struct trace_store *s, const struct model *m, enum trace_class cls, uint32_t id)
{
	struct words_name name;
	struct strbuf out;

	strbuf_init(&out, name.text, sizeof(name.text));
	words_put_name(s, m, cls, id, false, &out);
	return name;
}

const char *words_level(enum trace_level level)
{
	return level == TRACE_STORY ? W(LEVEL_STORY) : level == TRACE_DETAIL ? W(LEVEL_DETAIL) : W(LEVEL_MACHINE);
}
