-- lib/question.lua: predictions and questions: one answer, judged by what happened.
--
-- A prediction is answered before the runs that decide it; its answer is computed
-- from the trace, and the verdict is written at the event that decides.
--
-- Lives here:   predict, ask, reveal; kinds of questions; verdicts and their words.
-- Never here:   when time passes (lesson.lua), what judges can see (lua/judge.c).

local R = run_state
local fail, expand, show_value = R.fail, R.expand, R.show_value

R.questions, R.open = {}, {}
R.right, R.wrong, R.made = 0, 0, 0

-- A fault found later is still told at the question's own line.
local function fail_at(q, fmt, ...)
  core.fail_at(q.where, string.format(fmt, ...))
end

local kinds = { "choices", "number", "order", "flags", "text", "pick" }
local codes = { choices = 0, number = 1, order = 2, pick = 3, flags = 4, text = 5 }
local fields = {}
for _, name in ipairs { "choices", "number", "order", "flags", "text", "pick", "within", "fixed", "answer", "correct",
                        "hints", "why", "id", "pin", "wrong", "look", "rule", "retry", "notes" } do
  fields[name] = true
end

-- ---- what was asked --------------------------------------------------------------

local function shuffled(list, id)
  local out = {}
  for i, v in ipairs(list) do out[i] = v end
  for i = #out, 2, -1 do
    local j = 1 + core.draw(core.hash(id), i, i)
    out[i], out[j] = out[j], out[i]
  end
  return out
end

-- The belief behind a choice: what alloc_workqueue() would be given.
local function read_world(q, world)
  if type(world) ~= "table" then fail("question '%s': world = { max_active = n | flags = f | legacy = true }", q.id) end
  for key, v in pairs(world) do
    if key ~= "max_active" and key ~= "flags" and key ~= "legacy" then
      fail("question '%s': world = { %s = ... } is not in this version: max_active, flags or legacy", q.id, tostring(key))
    end
    if key == "legacy" then
      if type(v) ~= "boolean" then fail("question '%s': world.legacy is true or false", q.id) end
    elseif math.type(v) ~= "integer" then fail("question '%s': world.%s is a whole number", q.id, key) end
  end
  return world
end

-- Every choice becomes { text =, feedback =, id =, world = }.
local function read_choices(q, list)
  if type(list) ~= "table" or #list < 2 or #list > (q.kind == "flags" and 8 or 5) then
    fail("question '%s': 2 to 5 choices", q.id)
  end
  local out, seen = {}, {}
  for i, c in ipairs(list) do
    if type(c) == "string" then c = { c } end
    if type(c) ~= "table" or type(c[1]) ~= "string" then fail("question '%s': choice %d has no text", q.id, i) end
    local id = c.id
    if id == nil then id = i end
    if seen[tostring(id)] then fail("question '%s': two choices have the id '%s'", q.id, tostring(id)) end
    seen[tostring(id)] = true
    out[i] = { text = expand(c[1]), feedback = c[2], id = id, world = c.world and read_world(q, c.world) }
  end
  return q.fixed and out or shuffled(out, q.id)
end

local function read_order(q, list)
  if type(list) ~= "table" or #list < 2 or #list > 8 then fail("question '%s': order = { x, y, ... }, 2 to 8 things", q.id) end
  local out = {}
  for i, x in ipairs(list) do out[i] = { text = tostring(x), id = x } end
  return q.fixed and out or shuffled(out, q.id)
end

local function make_question(t, predict)
  local what = predict and "predict" or "ask"
  if type(t) ~= "table" or type(t[1]) ~= "string" then fail("%s: a question expected: %s { \"...\", ... }", what, what) end
  for key in pairs(t) do
    if key ~= 1 and not fields[key] then fail("%s: unknown field '%s'", what, tostring(key)) end
  end
  local number = #R.questions + 1
  if number > 200 then fail("more than 200 questions") end
  local q = { number = number, id = t.id or "q" .. number, predict = predict, text = expand(t[1]), fixed = t.fixed,
              within = t.within or 0, answer = t.answer, correct = t.correct, hints = t.hints or {}, why = t.why,
              pin = t.pin, wrong_list = t.wrong or {}, rule = t.rule, rung = 0, where = core.where(), looks = R.looks(t.look), retry = t.retry }
  if type(q.id) ~= "string" or not q.id:match("^[a-z0-9][a-z0-9-]*$") or #q.id > 32 then
    fail("%s: id = \"%s\": small letters, digits and -, at most 32", what, tostring(q.id))
  end
  for _, other in ipairs(R.questions) do
    if other.id == q.id then fail("%s: there is a question '%s' already", what, q.id) end
  end
  for _, kind in ipairs(kinds) do
    if t[kind] ~= nil and not (kind == "flags" and q.kind == "choices") then
      if q.kind then fail("question '%s' is of two kinds: %s and %s", q.id, q.kind, kind) end
      q.kind = kind
    end
  end
  if q.kind == "choices" and t.flags then q.kind = "flags" end
  if not q.kind then fail("question '%s' has no kind: choices, number, order, flags or text", q.id) end
  if q.kind == "pick" then fail("question '%s': pick= is not in this version; list them as choices", q.id) end
  if q.kind ~= "text" and q.answer == nil and q.correct == nil then fail("question '%s' has no answer =", q.id) end
  if q.predict and q.answer == nil and q.kind ~= "text" then fail("prediction '%s' needs answer =: it is computed from the run", q.id) end
  if q.answer ~= nil and type(q.answer) ~= "function" and core.kind(q.answer) ~= "pattern" then
    fail("question '%s': answer is a function(t, p) or a pattern", q.id)
  end
  if type(q.hints) ~= "table" or #q.hints > 5 then fail("question '%s': hints is a list of texts", q.id) end
  if q.kind == "choices" then q.choices = read_choices(q, t.choices)
  elseif q.kind == "flags" then q.choices = read_choices(q, t.choices or t.flags)
  elseif q.kind == "order" then q.choices = read_order(q, t.order)
  elseif q.kind == "number" then q.unit = type(t.number) == "string" and t.number or "" end
  R.questions[number] = q
  local sought, choice = core.world_sought()
  if sought == number then
    local c = q.choices and q.choices[choice]
    if not c or not c.world then fail("question '%s': choice %d has no world", q.id, choice) end
    core.world(c.world.max_active, c.world.flags, c.world.legacy)
  end
  return q
end

-- ---- putting it ---------------------------------------------------------------------

local function put(q)
  local text = q.text
  if q.kind == "number" and q.unit ~= "" and not text:find(q.unit, 1, true) then text = text .. " (" .. q.unit .. ")" end
  core.emit("ASK", { question = q.number, kind = codes[q.kind], predict = q.predict, choices = q.choices and #q.choices or 0,
                     hints = #q.hints, pin = q.pin, text = q.id .. "\n" .. text })
  for i, c in ipairs(q.choices or {}) do
    core.emit("CHOICE_TEXT", { question = q.number, choice = i, world = c.world ~= nil, text = c.text })
  end
  R.tell_looks(q.looks)
end

-- "2", "b" or the choice's id -> the choice
local function one_choice(q, word)
  local i = math.tointeger(tonumber(word))
  if i and q.choices[i] then return q.choices[i] end
  if #word == 1 and word:match("%l") and q.choices[word:byte() - 96] then return q.choices[word:byte() - 96] end
  for _, c in ipairs(q.choices) do
    if tostring(c.id) == word then return c end
  end
end

local function several(q, value)
  local out, seen = {}, {}
  for word in value:gmatch("[^%s,]+") do
    local c = one_choice(q, word)
    if not c or seen[c] then return nil end
    seen[c] = true
    out[#out + 1] = c
  end
  return out
end

local function texts(list)
  local out = {}
  for i, c in ipairs(list) do out[i] = c.text end
  return #out > 0 and table.concat(out, ", ") or "none"
end

local function number_text(q, v)
  return show_value(v) .. (q.unit ~= "" and " " .. q.unit or "")
end

-- Fills q.given_value, q.given_text; false if the words are no answer.
local readers = {}
function readers.choices(q, value)
  local c = one_choice(q, value)
  if c then q.chosen, q.given_value, q.given_text = c, c.id, c.text end
  return c
end
function readers.number(q, value)
  local v = tonumber((value:gsub(",", "."):match("^%s*([%d.eE+-]+)")))
  if v then q.given_value, q.given_text = v, number_text(q, v) end
  return v
end
function readers.order(q, value)
  local list = several(q, value)
  if not list or #list ~= #q.choices then return nil end
  q.given_value, q.given_text = {}, texts(list)
  for i, c in ipairs(list) do q.given_value[i] = c.id end
  return true
end
function readers.flags(q, value)
  local list = value == "0" and {} or several(q, value)
  if not list then return nil end
  q.given_value, q.given_text = {}, texts(list)
  for i, c in ipairs(list) do q.given_value[i] = c.id end
  return true
end
function readers.text(q, value)
  q.given_value, q.given_text = value, value
  return true
end

local function take_answer(q)
  while true do
    local kind, value = core.wait("answer", q.id, q.number)
    if kind == "hint" then
      if q.rung < #q.hints then
        q.rung = q.rung + 1
        core.emit("HINT", { question = q.number, rung = q.rung, text = expand(q.hints[q.rung]) })
      end
    elseif kind == "answer" and readers[q.kind](q, value) then
      break
    end
  end
  q.given = q.given_value
  core.emit("ANSWER", { question = q.number, scored = q.predict and q.kind ~= "text", text = q.given_text })
end

-- ---- judging ---------------------------------------------------------------------------

local function same(a, b)
  if a == b or tostring(a) == tostring(b) then return true end
  return type(a) == "number" and type(b) == "number" and math.abs(a - b) < 1e-9
end

local function right_choice(q, value)
  for _, c in ipairs(q.choices) do
    if same(c.id, value) then return c end
  end
  fail_at(q, "answer of '%s' gave '%s', which is no choice's id", q.id, tostring(value))
end

local function as_list(q, value)
  if type(value) ~= "table" then fail_at(q, "answer of '%s' is a list, not a %s", q.id, type(value)) end
  return value
end

-- right, what happened in words
local compare = {}
function compare.choices(q, value)
  local c = right_choice(q, value)
  return c == q.chosen, c.text
end
function compare.number(q, value)
  if type(value) ~= "number" then fail_at(q, "answer of '%s' is a number, not a %s", q.id, type(value)) end
  return math.abs(value - q.given_value) <= q.within + 1e-9, number_text(q, value)
end
function compare.order(q, value)
  local right, names = #as_list(q, value) == #q.given_value, {}
  for i, v in ipairs(value) do
    names[i] = tostring(v)
    right = right and same(v, q.given_value[i])
  end
  return right, table.concat(names, ", ")
end
function compare.flags(q, value)
  local want, names, n = {}, {}, 0
  for _, v in ipairs(as_list(q, value)) do
    local c = right_choice(q, v)
    want[c] = true
    names[#names + 1] = c.text
  end
  local right = #q.given_value == #names
  for _, v in ipairs(q.given_value) do
    right = right and want[right_choice(q, v)] or false
  end
  return right, #names > 0 and table.concat(names, ", ") or "none"
end
function compare.text()
  return true, ""
end

-- What a pattern means as an answer: its return value, its time, its thing.
local function of_pattern(q, e)
  if q.kind == "number" then return e.ms end
  if e.name == "return" then return e.ret end
  return e.work or true
end

-- value, event; or nil and what is missing yet
local function evaluate(q)
  if q.correct ~= nil then return q.correct, nil end
  if q.kind == "text" then return "", nil end
  local ok, value, e
  if type(q.answer) == "function" then
    ok, value, e = core.judge(q.answer, core.trace(), R.p)
  else
    ok, e = core.judge(function(t) return t:first(q.answer) end, core.trace())
    if ok then value = of_pattern(q, e) else value = e end
  end
  if not ok then return nil, (tostring(value):gsub("^[^:]*:%d+: ", "")) end
  if value == nil then return nil, "it returned nothing" end
  if e ~= nil and core.kind(e) ~= "event" then fail_at(q, "answer of '%s': its second result is the event that decided", q.id) end
  return value, e
end

-- ---- the verdict -----------------------------------------------------------------------------

-- The predicate that decided, of the event itself: what led to it decided something else.
local function decisive_why(e)
  return e and e.why
end

local function generated(q, happened, e, right)
  local out = "You said " .. q.given_text .. "."
  if happened ~= "" then
    out = out .. " What happened: " .. happened
    out = out .. (e and string.format(", at %s ms (event %d).", show_value(e.ms), e.n) or ".")
  end
  local why = decisive_why(e)
  if why then
    local values = why.text:gsub("^!?" .. why.name:gsub("%p", "%%%0") .. ":?%s*", "")
    out = out .. string.format(" %s was %s: %s.", why.name, why.yes and "yes" or "no", values)
    if not right and q.chosen and q.chosen.world ~= nil then
      out = out .. string.format(" For your answer it would have had to be %s.", why.yes and "no" or "yes")
    end
  end
  return out
end

local function feedback_for(q, value, e, happened, right)
  local extra = { given = q.given_text, right = happened, event = e }
  if right then return nil end
  if q.chosen and q.chosen.feedback then return expand(q.chosen.feedback, extra) end
  for _, w in ipairs(q.wrong_list) do
    local ok, holds = core.judge(w[1], core.trace(), q.given_value, R.p)
    if not ok then fail("wrong = of '%s': %s", q.id, (tostring(holds):gsub("^[^:]*:%d+: ", ""))) end
    if holds then return expand(w[2], extra) end
  end
end

local function verdict(q, value, e)
  local right, happened = compare[q.kind](q, value)
  local lines = {}
  local function line(key, v)
    if v ~= nil and v ~= "" then lines[#lines + 1] = key .. "=" .. tostring(v):gsub("\n", " ") end
  end
  line("given", q.given_text)
  line("happened", happened)
  line("event", e and e.n)
  line("ms", e and show_value(e.ms))
  line("feedback", feedback_for(q, value, e, happened, right))
  line("why", q.why and expand(q.why))
  line("rule", q.rule)
  line("generated", q.kind ~= "text" and generated(q, happened, e, right) or nil)
  core.emit("VERDICT", { question = q.number, right = right, evidence = e and e.n or 0, text = table.concat(lines, "\n") },
            e and e.n or 0)
  q.right, q.wrong, q.event, q.decided = right, not right, e, true
  return right
end

local function count(q, right)
  if q.kind == "text" then return end
  if right then R.right = R.right + 1 else R.wrong = R.wrong + 1 end
end

-- What authors hold in their hands: results only.
local function handle(q)
  return setmetatable({}, {
    __index = function(_, key)
      if key == "right" or key == "wrong" or key == "given" or key == "event" or key == "id" then return q[key] end
      fail("a question has right, wrong, given, event and id, not '%s'", tostring(key))
    end,
    __newindex = function() fail("a question's results are read-only") end,
    __metatable = "locked",
  })
end

local handles = {}		-- what authors hold -> the question

-- ---- predictions that are still open -------------------------------------------------------------

-- Until one of the events comes that an answer looked for, it would say the same again.
local function watch_open()
  if #R.open == 0 then return core.expect("none") end
  core.expect("any")
end

function R.try_predictions()
  local still = {}
  core.expect(#R.open > 0 and "start" or "none")
  for _, q in ipairs(R.open) do
    local value, e = evaluate(q)
    if value == nil then
      q.missing = e
      still[#still + 1] = q
      if core.kind(q.answer) == "pattern" then core.look(q.answer) end
      core.expect("add")
    else
      count(q, verdict(q, value, e))
    end
  end
  R.open = still
  if #still == 0 then core.expect("none") end
end

function predict(t)
  R.not_inside("predict")
  local q = make_question(t, true)
  put(q)
  take_answer(q)
  R.made = R.made + 1
  if q.kind == "text" then
    verdict(q, "", nil)
  else
    table.insert(R.open, q)
    watch_open()
  end
  local h = handle(q)
  handles[h] = q
  return h
end

function ask(t)
  R.not_inside("ask")
  local q = make_question(t, false)
  put(q)
  take_answer(q)
  R.made = R.made + 1
  local value, e = evaluate(q)
  if value == nil then fail_at(q, "answer of '%s' is nil: %s", q.id, e) end
  local right = verdict(q, value, e)
  count(q, right)
  while not right and q.retry do
    put(q)
    take_answer(q)
    right = verdict(q, value, e)
  end
  local h = handle(q)
  handles[h] = q
  return h
end

local function close(q)
  local value, e = evaluate(q)
  if value == nil then fail_at(q, "answer of '%s' is nil: %s", q.id, e) end
  count(q, verdict(q, value, e))
end

function reveal(h)
  local q = handles[h]
  if not q then fail("reveal: what predict{} returned expected") end
  if q.decided then return end
  for i, o in ipairs(R.open) do
    if o == q then table.remove(R.open, i) break end
  end
  close(q)
  watch_open()
end

function R.close_questions()
  for _, q in ipairs(R.open) do close(q) end
  R.open = {}
  core.expect("none")
end
