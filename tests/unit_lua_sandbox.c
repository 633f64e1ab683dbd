/*
 * tests/unit_lua_sandbox.c - known ways to escape a sandbox of Lua.
 *
 * Each case is a lesson's body; it must end in a fault that names the lesson's
 * line and the remedy, and the process must work afterwards.
 *
 * Lives here:   reach, budgets, memory, sameness of bytes.
 * Never here:   the API (unit_lua_api.c), the process's limits (fault_confine.c).
 * Licence: MIT.
 */
#include "tests/support/lua_harness.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/confine.h"

/* The allow-list is complete: no other name exists. */
static void a_lesson_reaches_no_files_no_processes_no_interpreter(void)
{
	static const struct lua_case cases[] = {
		{ "io.open('/etc/passwd')", "unknown name 'io'" },
		{ "os.execute('true')", "unknown name 'os'" },
		{ "debug.sethook()", "unknown name 'debug'" },
		{ "require 'socket'", "unknown name 'require'" },
		{ "package.loadlib('x', 'y')", "unknown name 'package'" },
		{ "load('return 1')()", "unknown name 'load'" },
		{ "loadfile('/etc/passwd')", "unknown name 'loadfile'" },
		{ "dofile('/etc/passwd')", "unknown name 'dofile'" },
		{ "loadstring('x')", "unknown name 'loadstring'" },
		{ "collectgarbage('count')", "unknown name 'collectgarbage'" },
		{ "local _ = _G.io", "unknown name '_G'" },
		{ "core.run(0)", "unknown name 'core'" },
		{ "run_state.lesson = nil", "unknown name 'run_state'" },
		{ "conduct()", "unknown name 'conduct'" },
		{ "string.dump(function() end)", "attempt to call a nil value" },
		{ "print('x')", "`say` shows a text" },
		{ "local e = _ENV e.io.open('x')", "unknown name 'io'" },
		{ "os = {}", "global 'os': write `local os`" },
		{ "function helper() end", "global 'helper': write `local helper`" },
		{ "queue_work = nil", "write `local queue_work`" },
		{ NULL, NULL }
	};

	lua_harness_cases(cases);
}

static void shared_tables_cannot_be_changed(void)
{
	static const struct lua_case cases[] = {
		{ "string.rep = nil", "read-only" },
		{ "math.huge = 0", "read-only" },
		{ "rawset(string, 'rep', nil)", "read-only" },
		{ "rawset(_ENV, 'x', 1)", "read-only" },
		{ "getmetatable('').__index = {}", "attempt to index a string value" },
		{ "expect(getmetatable('') == 'locked')", NULL },
		{ "setmetatable(string, {})", "protected metatable" },
		{ "setmetatable(_ENV, {})", "protected metatable" },
		{ "expect(getmetatable(_ENV) == 'locked')", NULL },
		{ "setmetatable('x', {})", "table expected" },
		{ "local w = work('w', function() end) expect(getmetatable(w) == 'locked')", NULL },
		{ "local w = work('w', function() end) w.x = 1", "no fields to write to" },
		{ "setmetatable({}, { __gc = function() while true do end end })", "__gc is not for lessons" },
		{ "setmetatable({}, { __close = function() end })", "__close is not for lessons" },
		{ "setmetatable({}, { __mode = 'k' })", "__mode is not for lessons" },
		{ "local m = {} setmetatable({}, m) m.__mode = 'v'", "__mode is not for lessons" },
		{ "local m = {} setmetatable({}, m) m['__' .. 'gc'] = function() end", "__gc is not for lessons" },
		{ "local m = {} setmetatable({}, m) rawset(m, '__close', function() end)", "__close is not for lessons" },
		{ "local m = { x = 1 } m.x = nil setmetatable({}, m) m.__close = print", "__close is not for lessons" },
		{ "local m = {} m.__mode = nil say('__mode') expect(('__gc'):len() == 4)", NULL },
		{ "local m = {} m.__index = m local o = setmetatable({}, m) m.f = function() return 7 end expect(o.f() == 7)", NULL },
		{ NULL, NULL }
	};

	lua_harness_cases(cases);
}

static void an_endless_loop_ends_through_every_pcall(void)
{
	static const struct lua_case cases[] = {
		{ "while true do end", "an endless loop?" },
		{ "while true do pcall(function() while true do end end) end", "an endless loop?" },
		{ "while true do xpcall(function() while true do end end, function() while true do end end) end", "an endless loop?" },
		{ "pcall(error, setmetatable({}, { __tostring = function() while true do end end }))\n"
		  "local function again() return again() end again()", "an endless loop?" },
		{ "::top:: goto top", "an endless loop?" },
		{ "coroutine.wrap(function() while true do end end)()", "an endless loop?" },
		{ "while true do pcall(coroutine.wrap(function() while true do end end)) end", "an endless loop?" },
		{ "local co = coroutine.create(function() while true do coroutine.yield() end end)\n"
		  "while true do coroutine.resume(co) end", "an endless loop?" },
		{ "local function f() pcall(f) coroutine.wrap(f)() end f()", "an endless loop?" },
		{ "table.sort({ 3, 2, 1 }, function() while true do end end)", "an endless loop?" },
		{ "(('x'):rep(100)):gsub('.', function() while true do end end)", "an endless loop?" },
		{ "local t = setmetatable({}, { __index = function(t, k) while true do end end }) local _ = t.x", "an endless loop?" },
		{ "error(setmetatable({}, { __tostring = function() while true do end end }))", "the error is a table" },
		{ NULL, NULL }
	};

	lua_harness_cases(cases);
}

static void an_endless_loop_in_the_kernel_lets_time_pass_and_is_named(void)
{
	struct lua_harness t;
	static const struct lua_case cases[] = {
		{ "task(0, 'spin', function() while true do end end) run_until(prints 'never', 5000)",
		  "task 'spin' has been computing for 200 ms of virtual time" },
		{ "irq(0, 'bad', function() while true do pcall(function() while true do end end) end end) run(5000)",
		  "interrupt handler 'bad' has been computing" },
		{ "local w = work('w', function() while true do end end)\n"
		  "irq(0, 'nic', function() queue_work(system_wq, w) end) run(5000)",
		  "work function 'w' has been computing" },
		{ NULL, NULL }
	};

	lua_harness_cases(cases);
	/* less than that is a hog like any other: the tick meets it */
	lua_harness_body(&t, "task(0, 'busy', function() for i = 1, 5000000 do end end) run(20)", NULL);
	CHECK_INT(t.status, 0);
	CHECK_GE(lua_harness_count(&t, EV_TICK), 4);
	lua_harness_done(&t);
}

static void a_judge_cannot_think_for_ever(void)
{
	static const struct lua_case cases[] = {
		{ "predict { 'q', number = 'ms', answer = function() while true do pcall(function() while true do end end) end end }\n"
		  "irq(0, 'x', function() end) run(1)", "an answer may take" },
		{ "irq(0, 'x', function() end)\n"
		  "run_until(event('irq_handler_entry'):with(function(e) while true do end end))", "an answer may take" },
		{ NULL, NULL }
	};

	lua_harness_cases(cases);
}

static void a_single_call_builds_only_so_much(void)
{
	static const struct lua_case cases[] = {
		{ "string.rep('x', 1e9)", "more than 1048576 bytes" },
		{ "local s = ('x'):rep(1e9)", "more than 1048576 bytes" },
		{ "local s = ('x'):rep(1 << 62, 'yy')", "more than 1048576 bytes" },
		{ "local s = ('x'):rep(1e6) s:format(s)", NULL },
		{ "local s = ('%s'):rep(50) local x = ('x'):rep(1e5) s:format(table.unpack((function() local t = {} for i = 1, 50 do t[i] = x end return t end)()))",
		  "format: a string of more" },
		{ "string.format('%p', {})", "%p would show an address" },
		{ "string.format('\\0%p', {})", "%p would show an address" },
		{ "local x = ('x'):rep(1e6) string.format('\\0' .. ('%s'):rep(20), x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x)",
		  "format: a string of more" },
		{ "expect(('\\0%d\\0'):format(7) == '\\0' .. 7 .. '\\0')", NULL },
		{ "string.format('%\\0', 1)", "invalid conversion" },
		{ "local s = string.pack('c1000000000', 'x')", "pack: sizes" },
		{ "local t = {} for i = 1, 20 do t[i] = ('x'):rep(1e5) end table.concat(t)", "concat: a string of more" },
		{ "table.concat(setmetatable({}, { __index = function() return '' end }), '', 1, 1e9)", "concat: more than" },
		{ "table.unpack({}, 1, 1e7)", "unpack: more than 2000" },
		{ "table.unpack({}, math.mininteger, math.maxinteger)", "unpack: more than 2000" },
		{ "table.move({}, 1, 1e9, 2)", "move: more than" },
		{ "table.insert(setmetatable({}, { __len = function() return 1 << 40 end }), 1, 'x')", "more than 1000000" },
		{ "table.sort(setmetatable({}, { __len = function() return 1 << 40 end }))", "sort: more than" },
		{ "local s = 'x' while true do s = s .. s end", "not enough memory" },
		{ "local t = {} while true do t[#t + 1] = {} end", "not enough memory" },
		{ "local t = {} while true do pcall(function() while true do t[#t + 1] = ('x'):rep(1000) .. #t end end) end", "not enough memory" },
		{ "local s = ('x'):rep(1e5) s:gsub('', s)", "not enough memory" },
		{ "local t = setmetatable({}, { __concat = function(a, b) return a .. b end }) local _ = t .. 'x'", "stack overflow" },
		{ "local function f() return 1 + f() end f()", "not enough memory" },
		{ "local function f(s) return s:gsub('.', f) end f('x')", "stack overflow" },
		{ "task(0, 't', function() local function f(s) return s:gsub('.', f) end f('x') end) run(5)", "stack overflow" },
		{ "local function f() pcall(f) error('x') end f()", "" },
		{ "local function f() return coroutine.wrap(f)() end f()", "stack overflow" },
		{ "local t = {} for i = 1, 1e5 do t = { t } end", NULL },
		{ NULL, NULL }
	};

	lua_harness_cases(cases);
}

/* Each line makes or reads megabytes with few instructions: the budget of instructions ends it all the same. */
static void work_on_long_texts_is_charged_by_bytes(void)
{
	static const struct lua_case cases[] = {
		{ "local s = ('x'):rep(1e6) while true do local t = s .. 'y' end", "an endless loop?" },
		{ "local s = ('x'):rep(1e6) while true do local t = s:upper() end", "an endless loop?" },
		{ "local s = ('x'):rep(1e6) while true do local t = s:sub(2) end", "an endless loop?" },
		{ "local s = ('x'):rep(1e6) while true do local t = s:find('y') end", "an endless loop?" },
		{ "local s = ('x'):rep(1e6) while true do local t = s:gsub('y', 'z') end", "an endless loop?" },
		{ "local s = ('x'):rep(1e6) while true do for t in s:gmatch('y') do end end", "an endless loop?" },
		{ "while true do local t = ('x'):rep(1e6) end", "an endless loop?" },
		{ "local s = ('x'):rep(4e5) while true do local t = ('%s'):format(s) end", "an endless loop?" },
		{ "local s = ('x'):rep(1e6) while true do local t = utf8.len(s) end", "an endless loop?" },
		{ "local s = ('1'):rep(1e6) while true do local t = tonumber(s) end", "an endless loop?" },
		{ "local a, b = ('x'):rep(1e6) .. 'a', ('x'):rep(1e6) .. 'b' while true do local t = a < b end", "an endless loop?" },
		{ "local a, b = ('x'):rep(1e6) .. 'a', ('x'):rep(1e6) .. 'b' while true do local t = a == b end", "an endless loop?" },
		{ "local t = {} for i = 1, 1e5 do t[i] = 'x' end while true do local s = table.concat(t) end", "an endless loop?" },
		{ "local t = {} for i = 1, 1e5 do t[i] = 'x' end while true do table.move(t, 1, 1e5, 2) t[1e5 + 1] = nil end", "an endless loop?" },
		{ NULL, NULL }
	};
	struct rusage before, after;
	long ms;

	getrusage(RUSAGE_SELF, &before);
	lua_harness_cases(cases);
	getrusage(RUSAGE_SELF, &after);
	ms = (after.ru_utime.tv_sec - before.ru_utime.tv_sec) * 1000 + (after.ru_utime.tv_usec - before.ru_utime.tv_usec) / 1000;
	CHECK_LE(ms, CONFINE_SANITIZED ? 400000 : 30000);	/* some ms each on an idle computer; for ever if not charged */
}

/* A task's text takes virtual time: its bytes too. */
static void bytes_take_virtual_time(void)
{
	static const struct lua_case cases[] = {
		{ "local s, took = ('x'):rep(1e5)\n"
		  "task(0, 't', function() local at = now() for i = 1, 2000 do local _ = s .. i end took = now() - at end) run(50)\n"
		  "expect(took > 11 and took < 14, took)", NULL },
		/* fewer instructions than lie between two looks of the hook: charged when the function returns */
		{ "local s, at = ('x'):rep(1e6)\n"
		  "local w, v = work('w', function() for i = 1, 160 do local _ = s .. i end end), work('v', function() at = now() end)\n"
		  "task(0, 't', function() queue_work(system_wq, w) queue_work(system_wq, v) end) run(50)\n"
		  "expect(at > 9 and at < 12, at)", NULL },
		{ NULL, NULL }
	};

	lua_harness_cases(cases);
}

/* RULE(policy).  Bytes that claim to be compiled could be anything. */
static void compiled_lua_is_refused(void)
{
	static const char bytes[] = "\033Lua\x54\0\x19\x93\r\n\x1a\n";
	struct lua_harness t;

	lua_harness_file(&t, bytes, sizeof(bytes), NULL, 1, 0);
	CHECK_INT(t.status, 2);
	CHECK_HAS(t.fault, "attempt to load a binary chunk");
	lua_harness_done(&t);
}

static void a_fault_before_the_lesson_begins_names_its_line(void)
{
	static const struct {
		const char *text, *words;
	} files[] = {
		{ "return lesson {\n title = 'x' function() end }", "07-try.lua:2:" },
		{ "local x = 1\nx.y.z = 2", "07-try.lua:2:" },
		{ "\n\nwhile true do end", "07-try.lua:3: the lesson's own code may take" },
		{ "return 7", "declares no lesson" },
		{ "lesson { title = 'x', function() end }", "must return" },
		{ "return lesson { title = 'x' }", "its function is missing" },
		{ "return lesson { title = 'x', function() end, function() end }", "two functions" },
		{ "return lesson { titel = 'x', function() end }", "unknown field 'titel'" },
		{ "return lesson { title = 'x', machine = { cpus = 65 }, function() end }", "cpus is a whole number from 1 to 64" },
		{ "return lesson { title = 'x', machine = { sched = 'lottery' }, function() end }", "\"fair\" or \"fifo\"" },
		{ "queue_work(1, 2) return lesson {}", "before the lesson begins" },
		{ "return lesson { title = 'x', params = function(pick) return { a = pick(5, 4) } end, function() end }", "the smaller first" },
		{ "return lesson { title = 'x', params = function(pick) return { a = 1 } end, avoid = function() return true end, function() end }",
		  "rejected 100 draws" },
	};
	struct lua_harness t;

	for (unsigned int i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		lua_harness(&t, files[i].text, NULL);
		CHECK_INT(t.status, 2);
		CHECK_HAS(t.fault, files[i].words);
		if (!strstr(t.fault, files[i].words))
			test_note("%s: %s", files[i].text, t.fault);
		lua_harness_done(&t);
	}
}

/* As `lua FILE` does: a byte order mark and a first line that begins with "#" are skipped. */
static void a_byte_order_mark_and_a_hash_line_are_skipped(void)
{
	static const char *const heads[] = {
		"", "\xef\xbb\xbf", "#!/usr/bin/lua", "\xef\xbb\xbf#!/usr/bin/lua", "# a note",
	};
	static const char body[] = "\nreturn lesson { title = 'x',\nfunction() say 'here' fault() end }\n";
	struct lua_harness t;
	char text[256];

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		snprintf(text, sizeof(text), "%s%s", heads[i], body);
		lua_harness(&t, text, NULL);
		CHECK_STR(lua_harness_shown(&t, EV_SAY, 1), "here");
		CHECK_HAS(t.fault, ":3: ");		/* lines are counted from the head on */
		lua_harness_done(&t);
	}
	/* only at the head, and only whole */
	lua_harness(&t, "\n#!/usr/bin/lua\nreturn lesson { title = 'x', function() end }", NULL);
	CHECK_INT(t.status, 2);
	lua_harness_done(&t);
	lua_harness(&t, "\xef\xbbreturn lesson { title = 'x', function() end }", NULL);
	CHECK_INT(t.status, 2);
	lua_harness_done(&t);
}

/* A pattern that backtracks for ever is one C call: the process's own limit ends it. */
static void a_catastrophic_pattern_meets_the_limit_of_the_process(void)
{
	int status = 0;
	pid_t child = fork();

	REQUIRE_GE(child, 0);
	if (child == 0) {
		struct rlimit one = { 1, 1 }, none = { 0, 0 };
		struct lua_harness t;

		setrlimit(RLIMIT_CPU, &one);
		setrlimit(RLIMIT_CORE, &none);
		/* before there is a machine: its threads would not survive the fork */
		lua_harness(&t, "local s = ('a'):rep(40) s:find(('a*'):rep(30) .. 'b')", NULL);
		_exit(0);
	}
	CHECK_INT(waitpid(child, &status, 0), child);
	CHECK_TRUE(WIFSIGNALED(status));
	CHECK_TRUE(WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL);
}

/* Orders, numbers and names do not depend on the host. */
static void a_lesson_sees_nothing_of_the_host(void)
{
	static const struct lua_case cases[] = {
		{ "local t = { b = 1, a = 2, [3] = 'x', [1] = 'y', [true] = 0, [2.5] = 'z' } local s = ''\n"
		  "for k in pairs(t) do s = s .. tostring(k) .. ' ' end expect(s == '1 2.5 3 a b true ', s)", NULL },
		{ "local t, s = { z = 1, y = 2, x = 3 }, '' local k, v = next(t) while k do s = s .. k .. v k, v = next(t, k) end\n"
		  "expect(s == 'x3y2z1', s)", NULL },
		{ "local t = { a = 1, b = 2, c = 3 } for k in pairs(t) do t[k] = nil end expect(next(t) == nil)", NULL },
		{ "local a, b = {}, {} expect(tostring(a) == 'table: 1' and tostring(b) == 'table: 2' and tostring(a) == 'table: 1')", NULL },
		{ "expect(string.format('%s %s', print, {}) == 'function: 1 table: 2')", NULL },
		{ "for _ in pairs { [{}] = 1, [{}] = 2 } do end", "have no order" },
		{ "local t = {} for i = 1, 100 do t[i] = { i % 3, i } end\n"
		  "table.sort(t, function(a, b) return a[1] < b[1] end)\n"
		  "for i = 2, 100 do expect(t[i - 1][1] < t[i][1] or t[i - 1][2] < t[i][2], 'stable') end", NULL },
		{ "table.sort({ 3, 1, 2, 5, 4 }, function() return true end)", NULL },
		{ "math.randomseed(1)", "attempt to call a nil value" },
		{ "local a = math.random(1000) expect(a >= 1 and a <= 1000) expect(math.random() < 1)", NULL },
		{ NULL, NULL }
	};
	struct lua_harness t, u;
	static const char draw[] = "return lesson { title = 'x', function() for i = 1, 5 do show(('timeline')) say(tostring(math.random(1000000))) end end }";

	lua_harness_cases(cases);
	lua_harness_file(&t, draw, sizeof(draw) - 1, NULL, 3, 0);
	lua_harness_file(&u, draw, sizeof(draw) - 1, NULL, 3, 0);
	CHECK_STR(lua_harness_text(&t, EV_SAY, 3), lua_harness_text(&u, EV_SAY, 3));
	lua_harness_done(&u);
	lua_harness_file(&u, draw, sizeof(draw) - 1, NULL, 4, 0);
	CHECK_NOT_STR(lua_harness_text(&t, EV_SAY, 3), lua_harness_text(&u, EV_SAY, 3));
	lua_harness_done(&u);
	lua_harness_done(&t);
}

/*
 * #t is found by doubling and halving.  Lua's own answers for these tables are 3, 8, 8 and, for
 * the last one, a number that changes from run to run.
 */
static void a_length_follows_the_keys_alone(void)
{
	static const struct lua_case cases[] = {
		{ "expect(#{ 1, nil, 3 } == 1)", NULL },
		{ "local t = { 1, 2, 3, 4, 5, 6, 7, 8 } t[2] = nil expect(#t == 1)", NULL },
		{ "local t = { 1, 2, 3, 4, 5, 6, 7, 8 } t[4] = nil expect(#t == 3)", NULL },
		{ "local t = { 1, 2, 3, 4, 5, 6, 7, 8 } t[6] = nil expect(#t == 8)", NULL },
		{ "local t = {} for i = 0, 62 do t[1 << i] = i end expect(#t == 1 << 62)", NULL },
		{ "local t = { [math.maxinteger] = 1 } expect(#t == 0) t[1] = 1 expect(#t == 1)", NULL },
		{ "local t = {} for i = 1, 1000 do t[#t + 1] = i end expect(#t == 1000 and rawlen(t) == 1000)", NULL },
		{ "for k = 1, 200 do local t = {}\n"
		  "for i = 1, 16 do t['k' .. i .. 'x' .. k] = i end for i = 1, 16 do t['k' .. i .. 'x' .. k] = nil end\n"
		  "for i = 1, 3 do t[i] = i end for i = 1, 3 do t['a' .. i .. 'x' .. k] = i end\n"
		  "for i = 5, 8 do t[i] = i end for i = 1, 3 do t['b' .. i .. 'x' .. k] = i end expect(#t == 3) end", NULL },
		{ NULL, NULL }
	};

	lua_harness_cases(cases);
}

/* How many tables fit: the sizes of tables follow the hash seed, which is the same in each run. */
static void memory_ends_at_the_same_table_in_every_run(void)
{
	static const char fill[] =
		"task(0, 't', function() local keep, n = {}, 0 for i = 1, 50 do keep[-i] = ('x'):rep(1e6) .. i end\n"
		"while true do n = n + 1 local t = {}\n"
		"for i = 1, 24 do t['k' .. i .. 'x' .. n] = i end for i = 1, 24 do t['k' .. i .. 'x' .. n] = nil end\n"
		"for i = 1, 9 do t['a' .. i .. 'x' .. n] = i end keep[n] = t printk('n') end end) run(10000)";
	struct lua_harness t;
	void *held[3];
	uint64_t fit[3];

	for (int i = 0; i < 3; i++) {
		lua_harness_body(&t, fill, NULL);
		CHECK_HAS(t.fault, "07-try.lua:");
		CHECK_HAS(t.fault, "not enough memory: a lesson may use 64 MiB");
		fit[i] = lua_harness_count(&t, EV_PRINTK);
		lua_harness_done(&t);
		held[i] = malloc(4096 * (size_t)(i + 1));	/* the next state gets another address */
	}
	CHECK_GE(fit[0], 1000);
	CHECK_INT(fit[1], fit[0]);
	CHECK_INT(fit[2], fit[0]);
	for (int i = 0; i < 3; i++)
		free(held[i]);
}

/* Interrupts draw from streams of their own: the director's numbers stay the same. */
static void each_context_draws_its_own_numbers(void)
{
	struct lua_harness t;
	char text[400], first[64] = "";

	for (int cpu = -1; cpu < 64; cpu++) {
		snprintf(text, sizeof(text),
			 "return lesson { title = 'x', machine = { cpus = 64 }, function()\n"
			 "irq(%d, 'nic', function() %s end) run(1)\n"
			 "say(math.random(1000000) .. ' ' .. math.random(1000000)) end }", cpu < 0 ? 0 : cpu,
			 cpu < 0 ? "" : "for i = 1, 3 do math.random() end");
		lua_harness(&t, text, NULL);
		CHECK_INT(t.status, 0);
		if (cpu < 0)
			snprintf(first, sizeof(first), "%s", lua_harness_shown(&t, EV_SAY, 1));
		CHECK_STR(lua_harness_shown(&t, EV_SAY, 1), first);
		lua_harness_done(&t);
	}
	CHECK_TRUE(first[0] != '\0');
}

/* A coroutine that another context made, or is inside of, is left as it is. */
static void a_coroutine_belongs_to_the_context_that_made_it(void)
{
	static const struct lua_case cases[] = {
		/* inside of it: a task that sleeps, a task that computes, the director, itself */
		{ "local co, ok, e = coroutine.create(function() sleep_ms(5) end)\n"
		  "task(0, 'a', function() ok, e = coroutine.resume(co) end) run(20)\n"
		  "expect(not ok and e == 'cannot resume a coroutine that another context made', e)", NULL },
		{ "local co, ok, e task(0, 'a', function() co = coroutine.create(function() sleep_ms(5) end) coroutine.resume(co) end)\n"
		  "run(1) ok, e = coroutine.resume(co) expect(not ok and e == 'cannot resume non-suspended coroutine', e)\n"
		  "run(20) ok, e = coroutine.resume(co) expect(not ok and e == 'cannot resume dead coroutine', e)", NULL },
		{ "local co, ok, e task(0, 'a', function() co = coroutine.create(function() for i = 1, 5000000 do end end) coroutine.resume(co) end)\n"
		  "irq(0, 'i', function() if co then ok, e = coroutine.resume(co) end end) run(1) irq(0, 'j', function() ok, e = coroutine.resume(co) end) run(20)\n"
		  "expect(ok == false and e == 'cannot resume non-suspended coroutine', e)", NULL },
		{ "local co, ok, e co = coroutine.create(function() run(3) end)\n"
		  "task(0, 'a', function() ok, e = coroutine.resume(co) end) coroutine.resume(co)\n"
		  "expect(ok == false and e == 'cannot resume non-suspended coroutine', e)", NULL },
		{ "local co, ok, e co = coroutine.create(function() ok, e = coroutine.resume(co) end) expect(coroutine.resume(co))\n"
		  "expect(not ok and e == 'cannot resume non-suspended coroutine', e)", NULL },
		{ "local ok, e = coroutine.resume((coroutine.running())) expect(not ok and e == 'cannot resume non-suspended coroutine', e)", NULL },
		/* a context's own thread, and a function around a coroutine */
		{ "local me, ok, e task(0, 'a', function() me = coroutine.running() sleep_ms(5) end) run(1)\n"
		  "ok, e = coroutine.resume(me) expect(not ok and e == 'cannot resume non-suspended coroutine', e) run(20)\n"
		  "ok, e = coroutine.resume(me) expect(not ok and e == 'cannot resume dead coroutine', e)", NULL },
		{ "local f task(0, 'a', function() f = coroutine.wrap(function() coroutine.yield(1) end) f() end) run(5) f()", "that another context made" },
		/* the second entry of one function is another context */
		{ "local co, n, ok, e = nil, 0 local w = work('w', function() n = n + 1\n"
		  "if n == 1 then co = coroutine.create(function() coroutine.yield() end) coroutine.resume(co)\n"
		  "else ok, e = coroutine.resume(co) end end)\n"
		  "task(0, 'a', function() for i = 1, 2 do queue_work(system_wq, w) flush_work(w) end end) run(20)\n"
		  "expect(n == 2 and ok == false and e == 'cannot resume a coroutine that another context made', e)", NULL },
		{ "task(0, 'a', function() local f = coroutine.wrap(function() for i = 1, 3 do sleep_ms(1) coroutine.yield(i) end end)\n"
		  "expect(f() == 1 and f() == 2 and f() == 3) end) run(20)", NULL },
		{ "expect(not coroutine.resume(coroutine.wrap and coroutine.create(function() error('x') end)))", NULL },
		{ "coroutine.resume(1)", "coroutine expected" },
		{ NULL, NULL }
	};

	lua_harness_cases(cases);
}

static void the_kept_library_works_as_authors_know_it(void)
{
	static const struct lua_case cases[] = {
		{ "expect(('%d %5.2f %s %q %%'):format(3, 1.5, true, 'a') == '3  1.50 true \"a\" %')", NULL },
		{ "expect(('ab'):rep(3, '-') == 'ab-ab-ab' and ('x'):rep(0) == '' and ('x'):rep(-1) == '')", NULL },
		{ "expect(table.concat({ 1, 2, 'x' }, ', ') == '1, 2, x' and table.concat({}, 'x') == '')", NULL },
		{ "expect(select('#', table.unpack({ 1, nil, 3 }, 1, 3)) == 3)", NULL },
		{ "local t = { 1, 2, 3, 4 } table.move(t, 1, 3, 2) expect(table.concat(t) == '1123')", NULL },
		{ "local t = { 1, 2 } table.insert(t, 1, 0) expect(table.remove(t) == 2 and t[1] == 0 and #t == 2)", NULL },
		{ "local t = { 5, 2, 9, 1 } table.sort(t) expect(table.concat(t) == '1259')", NULL },
		{ "local t = { 5, 2, 9, 1 } table.sort(t, function(a, b) return a > b end) expect(table.concat(t) == '9521')", NULL },
		{ "local g = coroutine.wrap(function(a) local b = coroutine.yield(a + 1) return b * 2 end) expect(g(1) == 2 and g(5) == 10)", NULL },
		{ "local co = coroutine.create(function() error('no') end) local ok, e = coroutine.resume(co) expect(not ok and e:find('no'))", NULL },
		{ "local ok, e = pcall(error, 'x') expect(not ok and e == 'x')", NULL },
		{ "expect(math.max(1, 3, 2) == 3 and math.floor(2.7) == 2 and 7 // 2 == 3)", NULL },
		{ "expect(utf8.len('äöü') == 3)", NULL },
		{ NULL, NULL }
	};

	lua_harness_cases(cases);
}

const struct test_case suite_unit_lua_sandbox[] = {
	T(a_lesson_reaches_no_files_no_processes_no_interpreter),
	T(shared_tables_cannot_be_changed),
	T(an_endless_loop_ends_through_every_pcall),
	T(an_endless_loop_in_the_kernel_lets_time_pass_and_is_named),
	T(a_judge_cannot_think_for_ever),
	T(a_single_call_builds_only_so_much),
	T(work_on_long_texts_is_charged_by_bytes),
	T(bytes_take_virtual_time),
	T(compiled_lua_is_refused),
	T(a_fault_before_the_lesson_begins_names_its_line),
	T(a_byte_order_mark_and_a_hash_line_are_skipped),
	T(a_catastrophic_pattern_meets_the_limit_of_the_process),
	T(a_lesson_sees_nothing_of_the_host),
	T(a_length_follows_the_keys_alone),
	T(memory_ends_at_the_same_table_in_every_run),
	T(each_context_draws_its_own_numbers),
	T(a_coroutine_belongs_to_the_context_that_made_it),
	T(the_kept_library_works_as_authors_know_it),
	{ NULL, NULL }
};
