/*
 * lua/script.c - a lesson from its first line to its last.
 *
 * 1. Read the text, while the process may still open files; confine the process.
 * 2. Evaluate the lesson's table in the sandbox: it describes the machine.
 * 3. Start the machine and call the lesson's function, the director.
 * 4. Close the predictions that no event decided, emit LESSON_END, stop the machine.
 *
 * A fault of the lesson becomes one FAULT event.  If a kernel context finds the
 * fault, it records it, wakes the director and never continues: the machine's
 * locks stay as they are until the machine stops.
 *
 * Lives here:   these four steps, Lua threads for kernel contexts, faults.
 * Never here:   the statements of a lesson (lib/lesson.lua), bindings, the sandbox.
 * Licence: MIT.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lua/script.h"

#include "base/exit_status.h"
#include "base/shortage.h"
#include "lua/script_internal.h"

struct script *script_now;

struct script_block {
	struct script_block *next;
	_Alignas(16) unsigned char bytes[];
};

void *script_keep(lua_State *L, size_t size)
{
	struct script *s = script_now;
	struct script_block *b;

	if (s->memory + sizeof(*b) + size > SCRIPT_MEMORY_MAX)
		sandbox_trip(L, SCRIPT_MEMORY_FAULT, SCRIPT_MEMORY_MAX >> 20);
	b = script_zalloc(s, sizeof(*b) + size);
	if (!b) {
		s->host_refused = true;
		script_fail(L, SCRIPT_HOST_MEMORY_FAULT);
	}
	s->memory += sizeof(*b) + size;	/* only a limit: blocks are freed when the lesson ends */
	b->next = s->blocks;
	s->blocks = b;
	return b->bytes;
}

/* ---- Lua threads for kernel contexts -------------------------------------------------- */

/* In protected mode, on whatever Lua thread has one. */
static int make_spare(lua_State *L)
{
	struct script_thread *t = script_keep(L, sizeof(*t));

	t->L = lua_newthread(L);
	luaL_ref(L, LUA_REGISTRYINDEX);
	*(struct script_thread **)lua_getextraspace(t->L) = t;
	t->place = IN_KERNEL;
	t->next = script_now->spare;
	script_now->spare = t;
	return 0;
}

/*
 * A context creates the next spare thread first, before it can block: an error here
 * could not be distinguished from one inside the lesson's function.
 */
struct script_thread *script_enter(const char *kind, const char *name, uint32_t module)
{
	struct script *s = script_now;
	struct script_thread *t = s->spare;

	int status;

	if (!t)
		script_fault_here("not enough memory for another Lua thread");
	s->spare = t->next;
	lua_settop(t->L, 0);
	t->instr = 0;
	t->bytes = 0;
	t->module = module;
	t->item = NULL;
	t->entry = ++s->entries;
	t->preempt_off = 0;
	snprintf(t->what, sizeof(t->what), "%s '%s'", kind, name);
	if (s->opts->refuse_alloc && strcmp(name, s->opts->refuse_in) == 0)
		s->count_allocs = true;
	sandbox_watch(t->L);
	sandbox_in_code(true);
	if (!s->spare) {
		lua_pushcfunction(t->L, make_spare);
		status = lua_pcall(t->L, 0, 0, 0);
		if (status)
			script_fault_here(sandbox_error_text(t->L, status));
	}
	return t;
}

void script_leave(struct script_thread *t)
{
	sandbox_in_code(false);
	lua_settop(t->L, 0);
	t->next = script_now->spare;
	script_now->spare = t;
}

const char script_killed = 0;

/* The bytes since the last look of the hook: they take time too, and count for the run. */
static void settle_bytes(struct script_thread *t)
{
	uint64_t instructions = sandbox_take_bytes(t);

	script_now->instr += instructions;
	if (instructions)
		mach_compute(instructions);
}

void script_call(struct script_thread *t, int nargs, int nresults)
{
	int base = lua_gettop(t->L) - nargs, status;

	source_start(t, base);
	lua_pushcfunction(t->L, script_traceback);
	lua_insert(t->L, base);
	status = lua_pcall(t->L, nargs, nresults, base);
	if (status) {
		if (lua_touserdata(t->L, -1) != &script_killed)
			script_fault_here(sandbox_error_text(t->L, status));
		lua_settop(t->L, base + nresults);
	}
	lua_remove(t->L, base);
	settle_bytes(t);
}

void script_push(struct script_thread *t, lua_CFunction fn, void *arg)
{
	int status;

	lua_pushcfunction(t->L, fn);
	lua_pushlightuserdata(t->L, arg);
	status = lua_pcall(t->L, 1, 1, 0);
	if (status)
		script_fault_here(sandbox_error_text(t->L, status));
}

void script_note_fault(const char *text)
{
	struct script *s = script_now;

	if (s->faulted)
		return;
	s->faulted = true;
	snprintf(s->fault, sizeof(s->fault), "%s", text ? text : "an error without a text");
}

void script_fault_here(const char *text)
{
	script_note_fault(text);
	mach_request_stop();
	for (;;) {
		if (in_task() && !in_atomic()) {
			set_current_state(TASK_UNINTERRUPTIBLE);
			schedule();
		} else {
			mach_hog(1000000000);	/* on the CPU, with whatever it holds */
		}
	}
}

/* ---- calls of the director that need a kernel thread ------------------------------------- */

struct in_task {
	lua_State *from;
	int n, results;		/* values on .from; results < 0: an error's text */
	int status;		/* of the protected call */
	bool done;
};

static void run_in_task(void *arg)
{
	struct in_task *a = arg;
	struct script_thread *t = script_enter(SCRIPT_OWN_TASK, script_now->id, 0);
	int status;

	if (!lua_checkstack(t->L, a->n + 8))
		script_fault_here(sandbox_error_text(t->L, LUA_ERRMEM));
	lua_pushcfunction(t->L, script_traceback);
	lua_xmove(a->from, t->L, a->n);
	status = lua_pcall(t->L, a->n - 1, LUA_MULTRET, 1);
	settle_bytes(t);
	a->results = status ? -1 : lua_gettop(t->L) - 1;
	a->status = status;
	if (!lua_checkstack(a->from, a->results + 8))
		script_fault_here(sandbox_error_text(t->L, LUA_ERRMEM));
	lua_xmove(t->L, a->from, status ? 1 : a->results);
	script_leave(t);
	a->done = true;
}

/* "bad argument #1 to '?'": Lua does not know the name of a function that C has called. */
static void name_call(lua_State *L, const char *name)
{
	const char *text = lua_tostring(L, -1), *mark = text ? strstr(text, "to '?'") : NULL;

	if (!mark)
		return;
	lua_pushfstring(L, "%s'%s'%s", lua_pushlstring(L, text, (size_t)(mark + 3 - text)), name, mark + 6);
	lua_replace(L, -3);
	lua_pop(L, 1);
}

int script_in_task(lua_State *L, const char *name)
{
	struct in_task a = { .from = L, .n = lua_gettop(L) };
	char where[160];

	script_where(L, where, sizeof(where));
	sandbox_in_code(false);
	machine_call(run_in_task, &a);
	sandbox_in_code(true);
	if (script_now->faulted)
		script_raise_fault(L);
	if (!a.done && script_now->opts->trace->full)
		return script_fail_flood(L);
	if (!a.done)
		script_fail(L, "this call never returns: it waits for what cannot happen");
	if (a.status == LUA_ERRMEM) {
		lua_pushstring(L, sandbox_error_text(L, a.status));
		lua_error(L);
	}
	if (a.results < 0) {
		name_call(L, name);
		/* the other Lua thread did not know which line of the lesson called it */
		if (!script_names_file(lua_tostring(L, -1)))
			lua_pushfstring(L, "%s%s", where, lua_tostring(L, -1));
		lua_error(L);
	}
	return a.results;
}

int script_raise_fault(lua_State *L)
{
	lua_pushstring(L, script_now->fault);
	return lua_error(L);
}

/* ---- the file --------------------------------------------------------------------------------- */

/* "exercises/21-unload/exercise.lua" -> "21-unload"; false: the path names no folder. */
static bool folder_of(const char *path, const char *base, char *name, size_t size)
{
	const char *end = base - 1, *from = end;

	if (base == path)
		return false;
	while (from > path && from[-1] != '/')
		from--;
	snprintf(name, size, "%.*s", (int)(end - from), from);
	return *name != '\0';
}

/* "lessons/02-life.lua" -> file "02-life.lua", id "life". */
static void name_lesson(struct script *s, const char *path)
{
	const char *base = strrchr(path, '/');
	const char *name;
	char folder[64];
	size_t len;

	base = base ? base + 1 : path;
	snprintf(s->file, sizeof(s->file), "%.120s", base);
	if (strcmp(base, "exercise.lua") == 0 && folder_of(path, base, folder, sizeof(folder)))
		base = folder;
	name = base;
	while (*base >= '0' && *base <= '9')
		base++;
	base = *base == '-' ? base + 1 : name;
	snprintf(s->id, sizeof(s->id), "%.60s", base);
	len = strlen(s->id);
	if (len > 4 && strcmp(s->id + len - 4, ".lua") == 0)
		s->id[len - 4] = '\0';
}

static int read_file(struct script *s, const char *path)
{
	FILE *f = fopen(path, "rb");
	char byte;

	if (!f)
		return -errno;
	s->text = malloc(SCRIPT_TEXT_MAX);
	if (!s->text) {
		fclose(f);
		return -ENOMEM;
	}
	s->text_room = SCRIPT_TEXT_MAX;
	s->text_len = fread(s->text, 1, SCRIPT_TEXT_MAX, f);
	if (ferror(f) || fread(&byte, 1, 1, f) == 1) {
		fclose(f);
		return -EFBIG;
	}
	fclose(f);
	return 0;
}

/* ---- evaluating it ------------------------------------------------------------------------------- */

/* In protected mode: everything a lesson can name. */
static int furnish(lua_State *L)
{
	things_open(L);
	objects_open(L);
	sandbox_push_api(L);
	bind_values(L);
	lua_pop(L, 1);
	judge_open(L);
	core_open(L);
	for (const struct script_lib *lib = script_libs; lib->name; lib++) {
		if (sandbox_load_library(L, lib))
			return lua_error(L);
		lua_call(L, 0, 0);
	}
	api_register(L);
	sandbox_seal(L);
	if (script_now->opts->spec->files)
		student_prepare(L);	/* here, so that further runs need not (image.c) */
	return make_spare(L);
}

static const char key_chunk;	/* its address is a registry key: the lesson's file as a function */

/* In protected mode: compiles the lesson's file. */
static int compile(lua_State *L)
{
	struct script *s = script_now;
	char chunk[160];

	snprintf(chunk, sizeof(chunk), "@%s", s->file);
	if (sandbox_load(L, s->text, s->text_len, chunk, false))
		return lua_error(L);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &key_chunk);
	return 0;
}

/* In protected mode: the lesson's table.  It must be what lesson{} made. */
static int evaluate(lua_State *L)
{
	lua_rawgetp(L, LUA_REGISTRYINDEX, &key_chunk);
	lua_call(L, 0, 1);
	student_load_hidden(L);
	sandbox_push_library(L);
	lua_getfield(L, -1, "prepare");
	lua_pushvalue(L, -3);
	lua_call(L, 1, 0);	/* checks it, draws the parameters, fills the configuration */
	return 0;
}

static int director(lua_State *L)
{
	bind_declare_system(L);
	sandbox_push_library(L);
	lua_getfield(L, -1, "conduct");
	lua_call(L, 0, 0);
	return 0;
}

/* Return: LUA_OK, or the message is on the stack. */
static int protected_call(struct script *s, lua_CFunction fn)
{
	int status;

	lua_pushcfunction(s->L, script_traceback);
	lua_pushcfunction(s->L, fn);
	status = lua_pcall(s->L, 0, 0, -2);
	lua_remove(s->L, status ? -2 : -1);
	return status;
}

/* Emits FAULT, also before the machine has started and set trace_current. */
static int report_fault_as(struct script *s, const char *text, int code)
{
	struct trace *before = trace_current;
	STRBUF(line, 1400);

	if (!trace_current)
		trace_current = s->opts->trace;
	if (!script_names_file(text))
		strbuf_printf(&line, "%s:1: ", code == EXIT_WRONG ? student_file(s) : s->file);	/* it has no line of its own */
	strbuf_puts(&line, text);
	if (trace_current->full && s->opts->notes)
		s->opts->notes->note(s->opts->notes->arg, "fault", "", line.buf);
	else if (trace_current->full)
		fprintf(stderr, "%s\n", line.buf);	/* the visible process makes the event of it */
	TRACE(FAULT, .code = (uint32_t)code, .text = line.buf);
	trace_current = before;
	return EXIT_MISUSE;
}

static int report_fault(struct script *s, const char *text)
{
	return report_fault_as(s, text, EXIT_MISUSE);
}

/* A shortage of the computer is no fault of the lesson: its sentence goes to standard error. */
static int report_lua_fault(struct script *s, int status)
{
	const char *text = sandbox_error_text(s->L, status);

	if (!s->host_refused || s->tripped)
		return report_fault_as(s, text, student_is_at_fault(s, text, status) ? EXIT_WRONG : EXIT_MISUSE);
	shortage_end(-ENOMEM, "the run");
}

/* ---- the run ---------------------------------------------------------------------------------------- */

/* Behind the lesson's own: SCRIPT_PARAMS_MAX leaves room. */
static void add_param(struct machine_config *cfg, const char *name, long value)
{
	struct mach_param *p = cfg->params;

	while (p->name)
		p++;
	*p = (struct mach_param){ name, value };
}

/* Choices among the inputs, as `explore` finds them; report_misfit() has seen that they can be read. */
static void read_choices(struct script *s)
{
	const struct run_inputs *in = &s->opts->spec->inputs;
	size_t n = 0;

	s->choices = in->n ? calloc(in->n, sizeof(*s->choices)) : NULL;
	if (in->n && !s->choices)
		shortage_end(-ENOMEM, "the run");	/* without its choices it would be another run */
	for (size_t i = 0; s->choices && i < in->n; i++) {
		const char *end;

		if (in->v[i].kind == INPUT_CHOICE && mach_choice_parse(in->v[i].id, &s->choices[n], &end))
			n++;
	}
	s->choosing.forced = s->choices;
	s->choosing.nr_forced = n;
}

/* The caller's way of choosing, with the choices of the inputs if it forces none; NULL = the seed chooses. */
static const struct mach_choosing *choosing_of(struct script *s)
{
	const struct script_opts *o = s->opts;

	s->choosing = o->choosing ? *o->choosing : (struct mach_choosing){ .calm = false };
	s->choosing.calm |= o->spec->calm;
	if (!s->choosing.nr_forced)
		read_choices(s);
	return o->choosing || s->choosing.calm || s->choosing.nr_forced ? &s->choosing : NULL;
}

static int start_machine(struct script *s)
{
	struct machine_config *cfg = &s->config;
	const struct run_spec *spec = s->opts->spec;
	struct mach_input *inputs = NULL;
	size_t n = 0;
	int err;

	cfg->mode = MACH_LOCKSTEP;
	cfg->seed = spec->seed;
	cfg->variant = spec->variant;
	cfg->census = spec->census && !s->world.found;	/* a belief breaks what the census is compared with */
	if (spec->cpus)
		cfg->nr_cpus = spec->cpus;
	if (spec->jitter >= 0)
		cfg->jitter = spec->jitter;
	if (spec->inputs.n)
		inputs = calloc(spec->inputs.n, sizeof(*inputs));
	if (spec->inputs.n && !inputs)
		return -ENOMEM;
	for (size_t i = 0; inputs && i < spec->inputs.n; i++) {
		const struct run_input *in = &spec->inputs.v[i];

		if (in->kind != INPUT_IRQ)
			continue;
		inputs[n].after = in->after;
		inputs[n].time = in->time;
		inputs[n].cpu = (int)in->number;
		snprintf(inputs[n].line, sizeof(inputs[n].line), "%.31s", in->id);
		n++;
	}
	if (s->world.has_legacy ? s->world.legacy : s->legacy)
		add_param(cfg, "legacy", 1);
	cfg->inputs = inputs;
	cfg->nr_inputs = n;
	s->inputs = inputs;
	if (s->opts->choosing)
		cfg->baton = BATON_STACKS;	/* one of thousands of runs of this process */
	cfg->choosing = choosing_of(s);
	err = machine_start(cfg, s->opts->trace, workqueue_boot_settled);
	if (err)
		return err;
	s->machine_on = true;
	err = trace_store_borrow(&s->store, s->opts->trace);
	if (!err) {
		s->store_on = true;
		err = model_replay_init(&s->replay, &s->store);
		s->replay_on = !err;
	}
	return err;
}

/* Reports options of the run that this lesson's machine cannot have.  Return: true if there was one. */
static bool report_misfit(struct script *s)
{
	const struct run_spec *spec = s->opts->spec;
	int cpus = spec->cpus ? spec->cpus : s->config.nr_cpus;
	char text[200];

	if (spec->free) {
		report_fault(s, "lessons run in lockstep only: real threads do not stop for a question");
		return true;
	}
	for (size_t i = 0; i < spec->inputs.n; i++) {
		const struct run_input *in = &spec->inputs.v[i];
		struct mach_choice choice;
		const char *end = "";

		if (in->kind == INPUT_SET && !s->is_exercise) {
			snprintf(text, sizeof(text), "this run does not ask for settings, but its inputs have \"set %.40s %.40s\"",
				 in->id, in->value);
			report_fault(s, text);
			return true;
		}
		if (in->kind == INPUT_CHOOSE && !s->is_scheduler) {
			snprintf(text, sizeof(text), "this run does not ask for the scheduler's choices, but its inputs have "
				 "\"choose %u %.40s\"", in->number, in->id);
			report_fault(s, text);
			return true;
		}
		if (in->kind == INPUT_CHOICE && (!mach_choice_parse(in->id, &choice, &end) || *end)) {
			snprintf(text, sizeof(text), "input %zu: expected a choice, got \"%.60s\"", i + 1, in->id);
			report_fault(s, text);
			return true;
		}
		if (in->kind != INPUT_IRQ || (int)in->number < cpus)
			continue;
		snprintf(text, sizeof(text), "input %zu fires an interrupt on CPU %u; this machine has %d",
			 i + 1, in->number, cpus);
		report_fault(s, text);
		return true;
	}
	return false;
}

static int run_lesson(struct script *s)
{
	int err, status = LUA_OK;

	if (!s->loaded) {
		s->own_len = s->text_len;
		status = protected_call(s, furnish);
		if (!status)
			status = protected_call(s, compile);
		if (!status)
			image_keep(s);
	}
	api_begin();
	if (!status)
		status = protected_call(s, evaluate);
	if (status)
		return report_lua_fault(s, status);
	if (report_misfit(s))
		return EXIT_MISUSE;
	err = start_machine(s);
	if (err == -EINVAL)
		return report_fault(s, "machine = { ... } describes a machine that cannot be built");
	if (err) {
		shortage_silent |= err == -EAGAIN;	/* the machine has printed the number of threads */
		shortage_end(err == -EAGAIN ? err : -ENOMEM, "the machine");
	}
	s->main.place = IN_DIRECTOR;
	status = protected_call(s, director);
	note_flush(s);
	if (status == LUA_OK || s->over)	/* over: the input has ended, so the run ends at its last event */
		return EXIT_RIGHT;
	return report_lua_fault(s, status);
}

/* The cost of the run, for the checks of authors and for shrinking. */
static void note_cost(const struct script *s)
{
	const struct script_notes *to = s->opts->notes;
	char text[64];

	if (s->opts->instructions)
		*s->opts->instructions = s->instr;
	if (!to || s->seeking_world)
		return;
	snprintf(text, sizeof(text), "%llu %zu", (unsigned long long)s->instr, s->memory_most);
	to->note(to->arg, "cost", "", text);
}

static void put_away(struct script *s)
{
	source_close(s);
	if (s->machine_on)
		machine_stop();
	if (s->replay_on)
		model_replay_fini(&s->replay);
	found_free(s);
	if (s->store_on)
		trace_store_close(&s->store);
	sandbox_close(s);
	while (s->blocks) {
		struct script_block *b = s->blocks;

		s->blocks = b->next;
		script_free(s, b);
	}
	free(s->random_ordinals);
	free(s->free_play);
	free(s->inputs);
	free(s->choices);
	if (!image_is_kept(s))
		free(s->text);
	script_free(s, s);
}

/* ---- the other world ----------------------------------------------------------------------------------- */

#define WORLD_LOG_BYTES ((size_t)64 << 20)

/* Of a run beside the visible one: without it the visible one would be another run. */
static void open_unseen(struct script *s, const char *text, size_t len, struct trace *unseen)
{
	char *copy = s ? malloc(len ? len : 1) : NULL;

	if (!copy || trace_open(unseen, -1, WORLD_LOG_BYTES, 0))
		shortage_end(-ENOMEM, "the run");
	memcpy(copy, text, len);
	s->text = copy;
	s->text_len = len;
}

/*
 * The lesson declares the parameters of a belief after its alloc_workqueue() calls.
 * To read them, find_world() runs the lesson up to that choice with the inputs given
 * so far and a trace that is thrown away.  Return: false if the choice has no belief.
 */
static bool find_world(const struct script_opts *opts, const char *text, size_t len, struct script_world *out)
{
	struct director_list list = { .inputs = &opts->spec->inputs };
	struct script_opts seek = { .spec = opts->spec, .io = { director_list_wait, &list } };
	struct script *s = calloc(1, sizeof(*s));
	struct trace unseen;

	open_unseen(s, text, len, &unseen);
	seek.trace = &unseen;
	s->opts = &seek;
	s->head = opts->trace->shared;
	s->seeking_world = true;
	script_now = s;
	name_lesson(s, opts->spec->lesson);
	if (sandbox_open(s) == 0)
		run_lesson(s);
	*out = s->world;
	put_away(s);
	trace_current = NULL;
	trace_close(&unseen);
	return out->found;
}

/* ---- the rehearsal of a what-if ------------------------------------------------------------------------ */

struct rehearsal {
	struct director_list list;
	bool ran_on;
};

static int rehearsal_wait(void *arg, enum run_wait what, const char *id, struct run_input *in)
{
	struct rehearsal *r = arg;
	int rc = director_list_wait(&r->list, what, id, in);

	if (rc != -EPIPE || r->ran_on)
		return rc;
	r->ran_on = true;
	return -EAGAIN;
}

/* The event in which the answer of the question that is open at the last fence shows; 0 = in none soon. */
static uint64_t rehearse(const struct script_opts *opts, const char *text, size_t len)
{
	struct rehearsal r = { .list = { .inputs = &opts->spec->inputs } };
	struct script_opts unseen_opts = { .spec = opts->spec, .io = { rehearsal_wait, &r } };
	struct script *s = calloc(1, sizeof(*s));
	struct trace unseen;
	uint64_t n;

	open_unseen(s, text, len, &unseen);
	unseen_opts.trace = &unseen;
	s->opts = &unseen_opts;
	s->head = opts->trace->shared;
	s->rehearsing = true;
	script_now = s;
	name_lesson(s, opts->spec->lesson);
	source_open(s);
	if (sandbox_open(s) == 0)
		run_lesson(s);
	n = s->stop_before;
	put_away(s);
	trace_current = NULL;
	trace_close(&unseen);
	return n;
}

/* With @opts->choosing, the run is one of thousands of this process. */
static struct script *new_script(const struct script_opts *opts)
{
	struct script *s = NULL;

	if (opts->choosing && !opts->spec->world_question && !opts->spec->what_if)
		s = image_open(opts->spec->lesson);
	return s ? s : calloc(1, sizeof(*s));
}

int script_run(const struct script_opts *opts)
{
	struct script *s = new_script(opts);
	int err = 0, status = EXIT_INTERNAL;

	if (!s)
		shortage_end(-ENOMEM, "the run");
	s->opts = opts;
	s->head = opts->trace->shared;
	script_now = s;
	if (!s->loaded) {
		name_lesson(s, opts->spec->lesson);
		err = read_file(s, opts->spec->lesson);
		if (!err)
			source_open(s);
	}
	if (opts->confine)
		opts->confine(opts->confine_arg);
	if (!err && opts->spec->world_question) {
		bool found = find_world(opts, s->text, s->text_len, &s->world);

		script_now = s;
		if (!found) {
			status = report_fault(s, "no other world belongs to that choice");
			goto out;
		}
	}
	if (!err && opts->spec->what_if) {
		uint64_t n = rehearse(opts, s->text, s->text_len);

		script_now = s;
		s->stop_before = n;
	}
	if (err == -ENOMEM)
		shortage_end(err, "the lesson");
	if (err) {
		status = report_fault(s, err == -EFBIG ? "the file is larger than 1 MiB, or cannot be read to its end" :
				    strerror(-err));
		goto out;
	}
	if (!s->loaded && sandbox_open(s))
		shortage_end(-ENOMEM, "the lesson");
	status = run_lesson(s);
	note_cost(s);
out:
	put_away(s);
	return status;
}
