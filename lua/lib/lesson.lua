-- lib/lesson.lua: a lesson's table, its parameters, cards and time.
--
-- Runs in the machine process as the director's library.  `core` is C (lua/core.c);
-- lessons see neither it nor this file's locals.  core.fail() reports an author's
-- mistake with the lesson's own line.
--
-- Lives here:   lesson{}, params, mark-up, cards, run() and run_until().
-- Never here:   questions (question.lua), kernel calls, anything that draws.

local R = { now_inside = nil, timers = {}, whens = {}, cards = 0, card_ids = {}, looking = false, param_read = {} }
run_state = R		-- shared with question.lua and what_if.lua

local function fail(fmt, ...)
  core.fail(select("#", ...) > 0 and string.format(fmt, ...) or fmt)
end
R.fail = fail

-- ---- the table ---------------------------------------------------------------

function lesson(t)
  if R.lesson then fail("a file has one lesson or exercise") end
  R.body = headings.lesson(t)
  R.lesson = t
  return t
end

-- ---- parameters ------------------------------------------------------------------

-- From the variant only; a further draw changes the ones behind it, never other sites.
local function picker(attempt)
  local drawn = 0
  local function draw(n)
    drawn = drawn + 1
    return core.draw(1000 + attempt, drawn, n)
  end
  local function range(lo, hi)
    if math.type(lo) ~= "integer" or math.type(hi) ~= "integer" or lo > hi then
      fail("pick(lo, hi): two whole numbers, the smaller first")
    end
    return lo + draw(hi - lo + 1)
  end
  local pick = {}
  function pick.distinct(n, lo, hi)
    if math.type(n) ~= "integer" or n < 1 or math.type(lo) ~= "integer" or math.type(hi) ~= "integer" or hi - lo + 1 < n then
      fail("pick.distinct(n, lo, hi): n different whole numbers do not fit")
    end
    local seen, out = {}, {}
    while #out < n do
      local v = range(lo, hi)
      if not seen[v] then seen[v] = true out[#out + 1] = v end
    end
    return table.unpack(out)
  end
  function pick.shuffle(list)
    local out = {}
    for i, v in ipairs(list) do out[i] = v end
    for i = #out, 2, -1 do
      local j = 1 + draw(i)
      out[i], out[j] = out[j], out[i]
    end
    return out
  end
  return setmetatable(pick, { __call = function(_, a, b)
    if type(a) == "table" then
      if #a == 0 then fail("pick{}: an empty list") end
      return a[1 + draw(#a)]
    end
    return range(a, b)
  end })
end

local function read_only(values)
  return setmetatable({}, {
    __index = function(_, key)
      local v = values[key]
      if v == nil then fail("there is no parameter '%s'", tostring(key)) end
      R.param_read[key] = true
      return v
    end,
    __newindex = function() fail("parameters are read-only") end,
    __pairs = function()
      for key in pairs(values) do R.param_read[key] = true end
      return pairs(values)
    end,
    __metatable = "locked",
  })
end

local function draw_params(t)
  if t.params == nil then return {} end
  if type(t.params) ~= "function" then fail("lesson: params = function(pick) return { ... } end") end
  for attempt = 1, 100 do
    local values = t.params(picker(attempt))
    if type(values) ~= "table" then fail("lesson: params returned a %s, not a table", type(values)) end
    if not t.avoid or not t.avoid(values) then return values end
  end
  fail("lesson: avoid() rejected 100 draws in a row")
end

-- ---- texts ------------------------------------------------------------------------------

-- Parameters, events' fields and results as text; numbers without units.
local function show_value(v)
  if type(v) == "number" then return core.quantity(v, "") end
  return tostring(v)
end
R.show_value = show_value

local verdict_names = { given = true, right = true }	-- and event.FIELD: known once there is a verdict

-- text, class, id of what {name} stands for
local function lookup(name, extra)
  if extra and extra[name] ~= nil and name ~= "event" then return show_value(extra[name]), 0, 0 end
  local field = name:match("^event%.([%w_.]+)$")
  if extra and field then
    if not extra.event then fail("'{%s}': no event decided this question", name) end
    local v = extra.event
    for part in field:gmatch("[^.]+") do
      if v == nil then fail("'{%s}': the event that decided (%s) has no such field", name, extra.event.name) end
      v = v[part]
    end
    if v == nil then return "?", 0, 0 end		-- such as the object of a report about a workqueue
    return show_value(v), 0, 0
  end
  local param, things = R.values[name], core.named(name)
  if param ~= nil and things then fail("'{%s}' is meant twice: a parameter and a declared name", name) end
  if param ~= nil then
    R.param_read[name] = true
    return show_value(param), 0, 0
  end
  if not things then fail("'{%s}' is neither a parameter nor a declared name", name) end
  local _, cls, id, _, what = core.kind(things[1])
  for i = 2, #things do
    local _, c2, id2, _, what2 = core.kind(things[i])
    if c2 ~= cls then fail("'{%s}' is meant twice: %s and %s have that name; rename one of them", name, what, what2) end
    if id2 ~= id then id = 0 end		-- all of that name: none of them alone
  end
  return name, cls, id
end

-- A text's names, each once; faults where its mark-up or its characters are wrong.
local function names_of(text)
  if type(text) ~= "string" then fail("a text expected, got a %s", type(text)) end
  local names, wrong = core.markup_names(text)
  if not names then
    fail("the text \"%s\": %s", text:sub(1, 24):gsub("[^%g ]", "?") .. (#text > 24 and "..." or ""), wrong)
  end
  return names
end

-- Checks a text whose values come later: @extra "verdict" allows {given}, {right} and {event.ms}.
function R.template(text, extra)
  if text == nil then return nil end
  for _, name in ipairs(names_of(text)) do
    local later = extra == "verdict" and (verdict_names[name] or name:match("^event%.[%w_.]+$"))
    if not later then lookup(name) end
  end
  return text
end

-- The payload of an event (base/markup.h): the text, and the value of each name in it.
local function payload(text, extra)
  local out = { text }
  for _, name in ipairs(names_of(text)) do
    local value, cls, id = lookup(name, extra)
    value = value:gsub("%c", " ")
    out[#out + 1] = "\x1f" .. name .. "\x1e" .. value .. (cls ~= 0 and "\x1e" .. cls .. ":" .. id or "")
  end
  text = table.concat(out)
  if #text > core.limits.TEXT_BYTES_MAX then
    fail("a text of %d bytes with its values; %d is the limit", #text, core.limits.TEXT_BYTES_MAX)
  end
  return text
end
R.payload = payload

-- A thing alone, as {name} would be.
function R.thing_payload(x)
  local _, cls, id, name = core.kind(x)
  return "{x}\x1fx\x1e" .. name .. "\x1e" .. cls .. ":" .. id
end

-- ---- looking ---------------------------------------------------------------------------------

-- A thing, a name, or a list of them -> list of { class, id }.
local function resolve(x, out, inside)
  local kind, cls, id, name = core.kind(x)
  if kind == "thing" then
    if cls == 0 or id == 0 then
      if name and core.named(name) == nil then fail("look: '%s' is not to be seen", tostring(name)) end
    end
    out[#out + 1] = { cls, id }
  elseif kind == "string" then
    local things = core.named(x)
    if not things then fail("look: '%s' is not a declared name", x) end
    for _, t in ipairs(things) do resolve(t, out) end
  elseif kind == "table" then
    inside = inside or {}
    if inside[x] then fail("look: a list that contains itself") end
    inside[x] = true
    for _, v in ipairs(x) do resolve(v, out, inside) end
    inside[x] = nil
  else
    fail("look: a thing or its name expected, got a %s", kind)
  end
  return out
end

local function emit_looks(list)
  if #list == 0 and not R.looking then return end
  core.emit("LOOK", { cls = 0, id = 0 })
  for _, l in ipairs(list) do core.emit("LOOK", { cls = l[1], id = l[2] }) end
  R.looking = #list > 0
end

function look(...)
  local list = {}
  for i = 1, select("#", ...) do resolve((select(i, ...)), list) end
  emit_looks(list)
end

R.looks = function(x) return x == nil and {} or resolve(x, {}) end
R.emit_looks = emit_looks

local function not_inside(what)
  if R.inside then fail("%s cannot be called in %s: post events there; cards, questions and waits belong outside", what, R.inside) end
end
R.not_inside = not_inside

-- ---- cards --------------------------------------------------------------------------------------

-- An event, or the last match of a pattern so far.
local function event_number(x, what)
  local kind, n = core.kind(x)
  if kind == "event" then return n end
  if kind ~= "pattern" then fail("%s: an event or a pattern expected, got a %s", what, kind) end
  local ok, e = core.judge(function(t) return t:last(x) end, core.trace())
  if not ok then fail("%s: %s", what, (tostring(e):gsub("^.-:%d+: ", ""))) end
  return e.n
end

-- The id names a card in translations and bookmarks, which its number would not survive.
local function check_card_id(id)
  if type(id) ~= "string" or not id:match("^[a-z0-9][a-z0-9-]*$") or #id > core.limits.ID_BYTES_MAX then
    fail("say: id = \"%s\": small letters, digits and -, at most %d", tostring(id), core.limits.ID_BYTES_MAX)
  end
  if R.card_ids[id] then fail("say: there is a card '%s' already", id) end
  R.card_ids[id] = true
end

local say_fields = { look = true, at = true, notes = true, id = true, press = true }

function say(card)
  not_inside("say")
  if type(card) == "string" then card = { card } end
  if type(card) ~= "table" or type(card[1]) ~= "string" then fail("say: a text expected") end
  for key in pairs(card) do
    if key ~= 1 and not say_fields[key] then fail("say: unknown field '%s'%s", tostring(key), headings.did_you_mean(key, say_fields)) end
  end
  local text, looks = payload(card[1]), R.looks(card.look)
  if card.id ~= nil then check_card_id(card.id) end
  if card.press ~= nil and type(card.press) ~= "boolean" then fail("say{}: press is true or false, got a %s", type(card.press)) end
  R.cards = R.cards + 1
  if R.note_text then R.note_text("cards/" .. (card.id or "#" .. R.cards), card[1]) end
  if R.cards > core.limits.CARDS_MAX then fail("more than %d cards", core.limits.CARDS_MAX) end
  core.emit("SAY", { card = R.cards, at = card.at and event_number(card.at, "say: at"), looks = #looks, text = text })
  if card.id then core.emit("QUESTION_TEXT", { part = 7, index = R.cards, text = card.id }) end	-- PART_CARD_ID
  if card.press then core.emit("QUESTION_TEXT", { part = 12, index = R.cards, text = "press" }) end	-- PART_CARD_PRESS
  emit_looks(looks)
  R.wait("go", tostring(R.cards))
end

function recap(lines)
  not_inside("recap")
  if type(lines) == "string" then lines = { lines } end
  if type(lines) ~= "table" or #lines == 0 then fail("recap: a list of texts expected") end
  local out = {}
  for i, line in ipairs(lines) do
    if type(line) ~= "string" then fail("recap: a list of texts expected, entry %d is a %s", i, type(line)) end
    out[i] = line
    if R.note_text then R.note_text("recap/" .. i, line) end
  end
  core.emit("RECAP", { text = payload(table.concat(out, "\n")) })
end

local views = { timeline = true, events = true, dmesg = true, source = true, pools = true, machine = true }

function show(view)
  if not views[view] then fail("show: there is no view '%s' (timeline events dmesg source pools machine)", tostring(view)) end
  core.emit("SHOW", { text = view })
end

function expect(cond, text)
  if not cond then fail("expected: %s", text and tostring(text) or "(no text)") end
end

-- ---- time --------------------------------------------------------------------------------------------

local function to_ns(ms, what)
  if type(ms) ~= "number" or ms ~= ms or ms < 0 or ms > 1e9 then fail("%s: milliseconds expected, 0 or more", what) end
  return math.floor(ms * 1e6 + 0.5)
end

-- A time of the director from now on; in a schedule of an exercise's checks the seed moves it.
local function moved(ns)
  return R.exercise and core.jittered(ns) or ns
end

local function add_timer(at_ns, fn, times, period)
  local timers = R.timers
  local i = #timers + 1
  while i > 1 and timers[i - 1].at > at_ns do i = i - 1 end	-- equal times keep their order
  table.insert(timers, i, { at = at_ns, fn = fn, times = times, period = period })
end

local function need_function(fn, what)
  if type(fn) ~= "function" then fail("%s: a function expected, got a %s", what, type(fn)) end
end

function at(ms, fn)
  need_function(fn, "at")
  local ns = to_ns(ms, "at")
  if ns < core.ns() then fail("at(%s): that was; it is %s ms", show_value(ms), show_value(core.ns() / 1e6)) end
  add_timer(core.ns() + moved(ns - core.ns()), fn, 1)
end

function after(ms, fn)
  need_function(fn, "after")
  add_timer(core.ns() + moved(to_ns(ms, "after")), fn, 1)
end

function every(ms, times, fn)
  need_function(fn, "every")
  local period = to_ns(ms, "every")
  if math.type(times) ~= "integer" or times < 1 or times > 100000 then fail("every: how often? a whole number from 1") end
  if period == 0 then fail("every: 0 ms") end
  add_timer(core.ns() + moved(period), fn, times, period)
end

function when(p, fn)
  need_function(fn, "when")
  table.insert(R.whens, { scan = core.scan(p), fn = fn })
end

local function inside(what, fn, ...)
  local before = R.inside
  R.inside = what
  fn(...)
  R.inside = before
end

local function fire_timers()
  while R.timers[1] and R.timers[1].at <= core.ns() do
    local t = table.remove(R.timers, 1)
    if t.times > 1 then add_timer(t.at + moved(t.period), t.fn, t.times - 1, t.period) end
    inside("at(), after() or every()", t.fn)
  end
end

local function serve_whens()
  for _, w in ipairs(R.whens) do
    local e = core.hit(w.scan)
    if e then inside("when()", w.fn, e) end
  end
end

-- Lets time pass until @target.  Return: the event of opt.scan, or nil and why it stopped.
local function pump(target, opt)
  not_inside("run")
  while true do
    fire_timers()
    local next_timer = R.timers[1]
    local stop_at = target
    if next_timer and next_timer.at < stop_at then stop_at = next_timer.at end
    if R.picking then R.pick() end
    local why = core.run(stop_at, opt.pass or next_timer ~= nil and next_timer.at <= target, opt.idle and not next_timer)
    local again = core.retry()
    if again and not R.what_if then R.try_predictions() end
    serve_whens()
    if opt.stop and opt.stop(again) then return nil, "stop" end
    local e = opt.scan and core.hit(opt.scan)
    if e then return e end
    if why == "time" and stop_at == target then
      fire_timers()
      return nil, "time"
    end
    if why ~= "hit" and why ~= "time" then return nil, why end
  end
end

R.pump = pump

function run(ms)
  pump(core.ns() + to_ns(ms, "run"), { pass = true })
end

local reasons = {
  time = "not seen within %s ms", no_future = "nothing else can happen", idle = "nothing else can happen",
  dead = "every CPU spins for ever",
}

-- The options of a call: a limit alone, or a table of them.
local function take_limit(what, limit, option)
  if type(limit) ~= "table" then return limit, false end
  local known = { limit = true, [option] = true }
  for key in pairs(limit) do
    if not known[key] then fail("%s: unknown option '%s'%s", what, tostring(key), headings.did_you_mean(key, known)) end
  end
  return limit.limit, limit[option]
end

-- "; it was seen twice before, the last time at 0.005 ms", or "".
local function seen_before(p)
  local times, ms = core.seen(p)
  if times == 0 then return "" end
  return string.format("; it was seen %s before, %sat %s ms", times == 1 and "once" or times == 2 and "twice" or times .. " times",
                       times > 1 and "the last time " or "", show_value(ms))
end

local function wait_for(what, p, limit, before)
  local or_nil
  limit, or_nil = take_limit(what, limit, "or_nil")
  if limit == nil then limit = 1000 end
  if core.kind(p) ~= "pattern" then fail("%s: a pattern expected, got a %s", what, (core.kind(p))) end
  local scan = core.scan(p, before)
  local e, why = pump(core.ns() + to_ns(limit, what), { scan = scan, pass = core.is_housekeeping(p) })
  core.unscan(scan)
  if e then return e end
  local unknown = core.unknown_name(p)
  local _, text = core.kind(p)
  if unknown then fail("%s(%s): nothing is called '%s'", what, text, unknown) end
  if or_nil then return nil end
  local last = core.format(R.last_machine_event()):gsub("^%s+", ""):gsub("%s+", " ")
  local reason = string.format(reasons[why], show_value(limit))
  fail("%s(%s): %s%s; the last event was: %s", what, text, reason, seen_before(p), last)
end

-- The last event that is not the lesson's own.
function R.last_machine_event()
  local n = core.count()
  while n > 1 and core.event(n).cpu == nil do n = n - 1 end
  return n
end

function run_until(p, limit)
  return wait_for("run_until", p, limit, false)
end

function run_before(p, limit)
  return wait_for("run_before", p, limit, true)
end

function run_idle(limit)
  local or_stuck
  limit, or_stuck = take_limit("run_idle", limit, "or_stuck")
  local ms = limit or 60000
  local _, why = pump(core.ns() + to_ns(ms, "run_idle"), { idle = true })
  if why == "time" then fail("run_idle: still not idle after %s ms", show_value(ms)) end
  local item, thread = core.stuck()
  if item and not or_stuck then
    fail("run_idle: '%s' waits for ever in its function, in %s, and nothing is left that could end the wait; "
         .. "run_idle { or_stuck = true } accepts that", item, thread)
  end
end

-- ---- a whole lesson ---------------------------------------------------------------------------------------

function prepare(returned)
  local word = R.exercise and "exercise" or "lesson"
  if not R.lesson then fail("the file declares no lesson: return lesson { ... }") end
  if returned ~= R.lesson then fail("the file must return what %s{} returned: return %s { ... }", word, word) end
  core.machine(R.lesson.machine or {})
  R.values = draw_params(R.lesson)
  if R.exercise then R.prepare_exercise() end
  R.p = read_only(R.values)
end

function conduct()
  local t = R.lesson
  R.begun = core.emit("LESSON", { questions = core.questions(),
                        text = core.id() .. "\n" .. t.title .. "\n" .. (t.question or "") })
  if core.noting() then R.note_lesson(t) end
  if R.exercise then
    R.play_exercise()
  else
    R.body(R.p)
  end
  R.close_questions()
  if core.noting() then R.note_params() end
  core.emit("LESSON_END", { right = R.right, wrong = R.wrong, made = R.made })
end
