-- lib/question.lua: predictions and questions: one answer, judged by what happened.
--
-- A prediction is answered before the runs that decide it; its answer is computed
-- from the trace, and the verdict is emitted at the event that decides.  All texts
-- of a question are resolved when it is put, so a wrong name in a hint or a feedback
-- is a fault for every student.  Events carry choice ids and payloads (lesson.lua);
-- src/words makes the sentences.
--
-- Lives here:   predict, ask, reveal; kinds of questions; verdicts.
-- Never here:   when time passes (lesson.lua), what judges can see (lua/judge.c).

local R = run_state
local fail, payload, limits = R.fail, R.payload, core.limits

R.questions, R.open = {}, {}
R.right, R.wrong, R.made = 0, 0, 0

-- A fault found after the call is reported at the question's own line.
local function fail_at(q, fmt, ...)
  core.fail_at(q.where, string.format(fmt, ...))
end

local PART = { UNIT = 1, SHORT = 2, CHOICE_ID = 3, FEEDBACK = 4, WHY = 5, RULE = 6, WITHIN = 8, MOVES = 9,
               WORLD_SHOWS = 10, WORLD_AT_END = 11, TRIES = 19, POINTS = 20, HINT_COST = 21 }	-- enum trace_question_part
local RESULT = { [false] = 0, [true] = 1, none = 2 }					-- enum trace_result

local kinds = core.ask_kinds()		-- { { name =, code =, form = }, ... }: trace_ask.def
local fields, kind_names = {}, {}
for _, kind in ipairs(kinds) do
  fields[kind.name] = true
  kind_names[#kind_names + 1] = kind.name
end
kind_names = table.concat(kind_names, ", ")
for _, name in ipairs { "within", "fixed", "answer", "correct", "hints", "why", "id", "pin", "wrong", "look", "rule",
                        "retry", "notes", "short", "moves", "points" } do
  fields[name] = true
end
local of_pick = { "accept", "count", "ordered", "among", "report" }
for _, name in ipairs(of_pick) do fields[name] = true end

-- ---- the question ----------------------------------------------------------------

local function shuffled(list, id)
  local out = {}
  for i, v in ipairs(list) do out[i] = v end
  for i = #out, 2, -1 do
    local j = 1 + core.draw(core.hash(id), i, i)
    out[i], out[j] = out[j], out[i]
  end
  return out
end

local beliefs = core.beliefs()
local belief_names = {}
for name in pairs(beliefs) do belief_names[#belief_names + 1] = name end
table.sort(belief_names)
belief_names = table.concat(belief_names, ", ")

-- max_active of one workqueue: a whole number from 1 on.
local function read_max_active(q, n, where)
  if math.type(n) ~= "integer" or n < 1 or n > 2048 then
    fail("question '%s': %s is a whole number from 1 to 2048", q.id, where)
  end
  return n
end

-- { name = { max_active = n } } -> { name = n }
local function read_world_wqs(q, wqs)
  local out = {}
  if type(wqs) ~= "table" or next(wqs) == nil then
    fail("question '%s': world.wq = { name = { max_active = n } }", q.id)
  end
  for name, t in pairs(wqs) do
    if type(name) ~= "string" or not core.has_workqueue(name) then
      fail("question '%s': world.wq: there is no workqueue '%s' yet", q.id, tostring(name))
    end
    if type(t) ~= "table" then fail("question '%s': world.wq.%s = { max_active = n }", q.id, name) end
    for key in pairs(t) do
      if key ~= "max_active" then fail("question '%s': world.wq.%s has an unknown field '%s'", q.id, name, tostring(key)) end
    end
    out[name] = read_max_active(q, t.max_active, "world.wq." .. name .. ".max_active")
  end
  return out
end

-- The only workqueue of the scene, which a max_active without a name belongs to.
local function only_workqueue(q, n)
  local names = core.workqueues()
  if #names == 1 then return names[1] end
  table.sort(names)
  fail("question '%s': world = { max_active = %d } names no workqueue, and the lesson has %s: world = { wq = { %s = { max_active = %d } } }",
       q.id, n, #names == 0 and "none of its own" or #names .. " (" .. table.concat(names, ", ") .. ")",
       names[#names] or "name", n)
end

local world_fields = {}
function world_fields.belief(q, v)
  if type(v) ~= "string" or not beliefs[v] then
    fail("question '%s': there is no belief '%s': %s", q.id, tostring(v), belief_names)
  end
end
function world_fields.legacy(q, v)
  if type(v) ~= "boolean" then fail("question '%s': world.legacy is true or false", q.id) end
end
function world_fields.flags(q, v)
  if math.type(v) ~= "integer" or v < 0 then fail("question '%s': world.flags is WQ_ flags, joined with |", q.id) end
end
function world_fields.shows(q, v)
  if v ~= "threads" then fail("question '%s': world.shows = \"threads\", the number that is shown first", q.id) end
end
function world_fields.at_end(q, v)
  if v ~= true then fail("question '%s': world.at_end is true: a later question asks what this run shows", q.id) end
end
function world_fields.max_active() end
function world_fields.wq() end

-- The belief behind a choice -> { belief =, legacy =, flags =, shows =, wq = { name = max_active } }.
local function read_world(q, world)
  local out = {}
  if type(world) ~= "table" then
    fail("question '%s': world = { belief = \"...\", legacy = true, flags = f, wq = { name = { max_active = n } } }", q.id)
  end
  for key, v in pairs(world) do
    local check = world_fields[key]
    if not check then fail("question '%s': world has an unknown field '%s'%s", q.id, tostring(key), headings.did_you_mean(key, world_fields)) end
    check(q, v)
    out[key] = v
  end
  if out.legacy and out.belief then fail("question '%s': world: legacy has none of the rules that a belief changes", q.id) end
  out.wq = world.wq ~= nil and read_world_wqs(q, world.wq) or nil
  if world.max_active ~= nil then
    if out.wq then fail("question '%s': world: max_active or wq, not both", q.id) end
    local n = read_max_active(q, world.max_active, "world.max_active")
    out.wq = { [only_workqueue(q, n)] = n }
  end
  if not (out.belief or out.wq or out.flags or out.legacy ~= nil) then fail("question '%s': world changes nothing", q.id) end
  return out
end

-- The word that inputs and events name a choice by: no blank or comma in it, never a number.
local function id_word(id, place)
  local kind, _, _, name = core.kind(id)
  local word
  if id == nil then word = "c" .. place
  elseif kind == "thing" then word = name
  elseif kind == "number" then word = "n" .. R.show_value(id)
  else word = tostring(id) end
  word = word:gsub("[%s,]+", "_")
  if word:match("^%d") then word = "_" .. word end
  return word
end

-- Gives each choice its .word and refuses two that are alike.
local function name_choices(q, list)
  local words, texts = {}, {}
  for i, c in ipairs(list) do
    c.word = id_word(c.given_id, i)
    if #c.word > limits.CHOICE_ID_BYTES_MAX then fail("question '%s': the id of choice %d is too long", q.id, i) end
    if c.word == "none" and q.form == "several" then fail("question '%s': no choice can have the id 'none'", q.id) end
    if words[c.word] then fail("question '%s': two choices have the id '%s'", q.id, c.word) end
    if c.text == "" then fail("question '%s': choice %d has no text", q.id, i) end
    if texts[c.text] then fail("question '%s': choices %d and %d have the same text", q.id, texts[c.text], i) end
    words[c.word], texts[c.text] = true, i
  end
  return q.fixed and list or shuffled(list, q.id)
end

-- One entry of a list: a thing, a text, or { text, feedback, id =, world = }.
local function read_choice(q, c, place)
  if core.kind(c) == "thing" then return { text = R.thing_payload(c), id = c, given_id = c } end
  if type(c) == "string" then c = { c } end
  if type(c) ~= "table" or type(c[1]) ~= "string" then fail("question '%s': choice %d has no text", q.id, place) end
  for key in pairs(c) do
    if key ~= 1 and key ~= 2 and key ~= "id" and key ~= "world" then
      fail("question '%s': choice %d has an unknown field '%s'", q.id, place, tostring(key))
    end
  end
  local id = c.id
  if id == nil then id = q.form == "order" and c[1] or place end
  return { text = payload(c[1]), template = c[1], feedback = R.template(c[2], "verdict"), id = id,
           given_id = q.form == "order" and id or c.id, world = c.world and read_world(q, c.world) }
end

-- The list of a question's own field; every entry becomes { text =, feedback =, id =, given_id =, word =, world = }.
local function read_choices(q, list)
  local most = q.form == "one" and limits.CHOICES_MAX or limits.FLAGS_MAX
  if type(list) ~= "table" or #list < limits.CHOICES_MIN or #list > most then
    fail("question '%s': %d to %d choices", q.id, limits.CHOICES_MIN, most)
  end
  local out = {}
  for i, c in ipairs(list) do out[i] = read_choice(q, c, i) end
  return name_choices(q, out)
end

local function read_unit(q, unit)
  if unit == true then return "" end
  if type(unit) ~= "string" then fail("question '%s': number = \"ms\" (the unit), or true", q.id) end
  if #unit > limits.UNIT_BYTES_MAX or unit:find("[%c*`{}]") then fail("question '%s': the unit is a short word", q.id) end
  return unit
end

local function find_kind(q, t)
  for _, kind in ipairs(kinds) do
    if t[kind.name] ~= nil and not (kind.name == "flags" and q.kind == "choices") then
      if q.kind then fail("question '%s' is of two kinds: %s and %s", q.id, q.kind, kind.name) end
      q.kind, q.code, q.form = kind.name, kind.code, kind.form
    end
  end
  if q.kind == "choices" and t.flags then
    for _, kind in ipairs(kinds) do
      if kind.name == "flags" then q.kind, q.code, q.form = kind.name, kind.code, kind.form end
    end
  end
  if not q.kind then fail("question '%s' has no kind: %s", q.id, kind_names) end
  for _, name in ipairs(of_pick) do
    if q.kind ~= "pick" and t[name] ~= nil then fail("question '%s': %s belongs to pick =", q.id, name) end
  end
end

-- Hints, wrong = {...}, why, rule, within: all that comes after the answer, checked before it.
local function read_rest(q, t)
  local hints, wrong = t.hints or {}, t.wrong or {}
  if type(hints) ~= "table" or #hints > limits.HINTS_MAX then
    fail("question '%s': hints is a list of up to %d texts", q.id, limits.HINTS_MAX)
  end
  q.hints = {}
  for i, hint in ipairs(hints) do q.hints[i] = payload(hint) end
  q.why = t.why ~= nil and payload(t.why) or nil
  if t.rule ~= nil and (type(t.rule) ~= "string" or not t.rule:match("^R%d+%.%d+%w?$")) then
    fail("question '%s': rule = \"R4.3\", a rule's number", q.id)
  end
  q.rule = t.rule
  if t.within ~= nil and q.form ~= "number" then fail("question '%s': within belongs to number =", q.id) end
  if t.within ~= nil and (type(t.within) ~= "number" or not (t.within >= 0)) then
    fail("question '%s': within is a number, 0 or more", q.id)
  end
  q.within = t.within or 0
  if t.moves ~= nil and t.moves ~= true then fail("question '%s': moves = true, or no such field", q.id) end
  q.moves = t.moves
  if type(wrong) ~= "table" then fail("question '%s': wrong = { { function(t, v, p) ... end, \"text\" }, ... }", q.id) end
  q.wrong_list = {}
  for i, w in ipairs(wrong) do
    local test = type(w) == "table" and core.kind(w[1])
    local fits = test == "function" or (q.form == "pick" and test == (q.what == "line" and "string" or "pattern"))
    if not fits or type(w[2]) ~= "string" then
      fail("question '%s': wrong = { { function, \"text\" }, ... }: entry %d is a %s", q.id, i, type(w) == "table" and "table without both" or type(w))
    end
    if q.tries_max and w[2]:find("{right}", 1, true) then
      fail("question '%s': wrong: entry %d has {right}, which a further try would be answered with", q.id, i)
    end
    q.wrong_list[i] = { test = w[1], feedback = R.template(w[2], "verdict") }
  end
  for key in pairs(wrong) do
    if math.type(key) ~= "integer" or key < 1 or key > #wrong then fail("question '%s': wrong is a list, and has a field '%s'", q.id, tostring(key)) end
  end
end

local function choice_of(q, value)
  for _, c in ipairs(q.choices) do
    if R.same(c.id, value) then return c end
  end
end

-- "a, b, c": the ids an author can mean.
local function ids_of(q)
  local out = {}
  for i, c in ipairs(q.choices) do out[i] = tostring(c.id) end
  table.sort(out)
  return table.concat(out, ", ")
end

-- Returns why @value is not an answer of this form, or nil.
local function unfit(q, value)
  if q.form == "number" then return type(value) ~= "number" and "is a number, not a " .. type(value) or nil end
  if q.form == "one" then return not choice_of(q, value) and string.format("'%s' is not the id of a choice (%s)", tostring(value), ids_of(q)) or nil end
  if q.form == "words" then return nil end
  if q.form == "pick" then return (select(2, R.pick_value(q, value))) end
  if type(value) ~= "table" then return "is a list, not a " .. type(value) end
  local seen = {}
  for _, v in ipairs(value) do
    local c = choice_of(q, v)
    if not c then return string.format("'%s' is not the id of a choice (%s)", tostring(v), ids_of(q)) end
    if seen[c] then return string.format("'%s' is there twice", tostring(v)) end
    seen[c] = true
  end
  if q.form == "order" and #value ~= #q.choices then
    return string.format("order has %d things, the answer %d", #q.choices, #value)
  end
end

local function read_answer_field(q, t)
  q.answer, q.correct = t.answer, t.correct
  if q.form == "words" then
    if q.answer ~= nil or q.correct ~= nil then fail("question '%s': words are not judged: why = is the author's answer", q.id) end
    return
  end
  if q.answer ~= nil and q.correct ~= nil then fail("question '%s': correct = or answer =, not both", q.id) end
  if t.accept ~= nil and (q.answer ~= nil or q.correct ~= nil) then fail("question '%s': accept = or an answer, not both", q.id) end
  if q.answer == nil and q.correct == nil and q.accept == nil then fail("question '%s' has no answer =", q.id) end
  if q.predict and q.answer == nil and q.accept == nil then fail("prediction '%s' needs answer =: it is computed from the run", q.id) end
  if q.answer ~= nil and type(q.answer) ~= "function" and core.kind(q.answer) ~= "pattern" then
    fail("question '%s': answer is a function(t, p) or a pattern", q.id)
  end
  local wrong = q.correct ~= nil and unfit(q, q.correct)
  if wrong then fail("question '%s': correct = %s", q.id, wrong) end
end

-- Points for a right answer at the first try; a question with points may be tried again.
local shares = { observe = "ask", dump = "ask", predict = "predict" }	-- the questions that an exercise of this kind gives points for

-- A question of an exercise without points of its own has an equal share, rounded up to a half.
local function share_of(q)
  local x = R.exercise
  if not x or q.form == "words" or shares[x.kind] ~= (q.predict and "predict" or "ask") then return nil end
  return math.ceil(2 * x.points / math.max(core.questions(), 1)) / 2
end

local function read_points(q, points)
  if points == nil then
    q.points = share_of(q)
    if q.points and not q.predict then q.tries_max = limits.TRIES_MAX end
    return
  end
  local predicts = R.exercise ~= nil and R.exercise.kind == "predict"	-- points for a prediction that was made
  if q.form == "words" or (q.predict and not predicts) then fail("question '%s': points belong to an ask that is judged", q.id) end
  if type(points) ~= "number" or points * 2 % 1 ~= 0 or points <= 0 or points > limits.POINTS_MAX then
    fail("question '%s': points is a number from 0.5 to %d, in halves", q.id, limits.POINTS_MAX)
  end
  q.points, q.tries_max = points, not q.predict and limits.TRIES_MAX or nil
end

local function read_id(q, id, what)
  if type(id) ~= "string" or not id:match("^[a-z0-9][a-z0-9-]*$") or #id > limits.ID_BYTES_MAX then
    fail("%s: id = \"%s\": small letters, digits and -, at most %d", what, tostring(id), limits.ID_BYTES_MAX)
  end
  for _, other in ipairs(R.questions) do
    if other.id == id then fail("%s: there is a question '%s' already", what, id) end
  end
  q.id = id
end

local function make_question(t, predict)
  local what = predict and "predict" or "ask"
  if type(t) ~= "table" or type(t[1]) ~= "string" then fail("%s: a question expected: %s { \"...\", ... }", what, what) end
  for key in pairs(t) do
    if key ~= 1 and not fields[key] then fail("%s: unknown field '%s'%s", what, tostring(key), headings.did_you_mean(key, fields)) end
  end
  local number = #R.questions + 1
  if number > limits.QUESTIONS_MAX then fail("more than %d questions", limits.QUESTIONS_MAX) end
  local q = { number = number, predict = predict, fixed = t.fixed, pin = t.pin, rung = 0, tries = 0, sure = 0,
              where = core.where(), retry = t.retry }
  read_id(q, t.id or "q" .. number, what)
  q.text, q.short, q.looks = payload(t[1]), t.short ~= nil and payload(t.short) or nil, R.looks(t.look)
  if t.pin and not predict then fail("ask: pin belongs to predict: an ask has its verdict at once") end
  if t.retry and predict then fail("predict: retry belongs to ask: a prediction is made once") end
  find_kind(q, t)
  if q.form == "number" then q.unit = read_unit(q, t[q.kind])
  elseif q.form == "pick" then R.read_pick(q, t)
  elseif q.form ~= "words" then q.choices = read_choices(q, type(t[q.kind]) == "table" and t[q.kind] or t.choices) end
  read_answer_field(q, t)
  read_points(q, t.points)
  read_rest(q, t)
  R.questions[number] = q
  if core.noting() then R.note_question(q, t) end
  local sought, choice = core.world_sought()
  if sought == number then
    local c = q.choices and q.choices[choice]
    if not c or not c.world then fail("question '%s': choice %d has no world", q.id, choice) end
    core.world(c.world)
  end
  core.world_begins(number)
  return q
end

-- ---- putting it ---------------------------------------------------------------------

local function part(q, code, text, index)
  if text ~= nil and text ~= "" then
    core.emit("QUESTION_TEXT", { question = q.number, part = code, index = index or 0, text = text })
  end
end

local function put(q)
  core.emit("ASK", { question = q.number, kind = q.code, predict = q.predict, choices = q.choices and #q.choices or 0,
                     hints = #q.hints, pin = q.pin, text = q.id .. "\n" .. q.text })
  part(q, PART.UNIT, q.unit)
  part(q, PART.SHORT, q.short)
  part(q, PART.WITHIN, q.within > 0 and string.format("%.15g", q.within) or nil)
  part(q, PART.MOVES, q.moves and "yes" or nil)
  part(q, PART.TRIES, q.tries_max and "tries" or nil, q.tries_max)
  part(q, PART.POINTS, q.points and "half points" or nil, q.points and math.tointeger(q.points * 2))
  local cost = q.points and not q.predict and R.exercise and R.exercise.hint_cost
  part(q, PART.HINT_COST, cost and "half points" or nil, cost and math.tointeger(cost * 2))
  if q.form == "pick" then R.put_pick(q) end
  for i, c in ipairs(q.choices or {}) do
    core.emit("CHOICE_TEXT", { question = q.number, choice = i, world = c.world ~= nil, text = c.text })
    part(q, PART.CHOICE_ID, c.word, i)
    part(q, PART.WORLD_SHOWS, c.world and c.world.shows, i)
    part(q, PART.WORLD_AT_END, c.world and c.world.at_end and "yes", i)
  end
  R.emit_looks(q.looks)
end

-- Its word, "2" or "b" -> the choice.
local function one_choice(q, word)
  for _, c in ipairs(q.choices) do
    if c.word == word then return c end
  end
  local i = math.tointeger(tonumber(word))
  if not i and #word == 1 and word:match("%l") then i = word:byte() - 96 end
  return i and q.choices[i]
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

local function words_of(list)
  local out = {}
  for i, c in ipairs(list) do out[i] = c.word end
  return #out > 0 and table.concat(out, " ") or "none"
end

-- The text of {given} and {right} in feedback.
local function texts_of(list)
  local out = {}
  for i, c in ipairs(list) do out[i] = core.expand(c.text) end
  return #out > 0 and table.concat(out, ", ") or "none"
end

-- An input's value -> the choices or number it means (q.given), its event's text; nil: it is no answer.
local readers = {}
function readers.one(q, value)
  local c = one_choice(q, (value:match("^%s*(.-)%s*$")))
  if not c then return nil end
  q.ticked, q.given = { c }, c.id
  return c.word
end
function readers.number(q, value)
  local v = tonumber((value:gsub(",", "."):match("^%s*([%d.eE+-]+)")))
  if not v or v ~= v or v == math.huge or v == -math.huge then return nil end
  q.given = v
  return string.format("%.15g", v)
end
function readers.several(q, value)
  local none = value == "0" or value == "none"
  local list = none and {} or several(q, value)
  if not list or (q.form == "order" and #list ~= #q.choices) then return nil end
  q.ticked, q.given = list, {}
  for i, c in ipairs(list) do q.given[i] = c.id end
  return words_of(list)
end
readers.order = readers.several
function readers.words(q, value)
  q.given = value
  return (value:gsub("%c", " "))
end

local function take_answer(q)
  local text
  repeat
    local kind, value = R.wait("answer", q.id, q)
    if kind == "hint" and q.rung < #q.hints then
      q.rung = q.rung + 1
      core.emit("HINT", { question = q.number, rung = q.rung, text = q.hints[q.rung] })
    elseif kind == "sure" then
      q.sure = math.tointeger(tonumber(value)) or 0
    elseif kind == "answer" or (kind == "pick" and q.form == "pick") then
      text = readers[q.form](q, value)
    elseif kind == "pick" then
      fail_at(q, "this run does not ask for something picked at question '%s', but its inputs have \"pick %s %s\"", q.id, q.id, value)
    end
  until text
  q.tries = q.tries + 1
  core.emit("ANSWERED", { question = q.number, ordinal = q.tries, scored = q.form ~= "words", sure = q.sure, text = text })
end

-- ---- judging ---------------------------------------------------------------------------

function R.same(a, b)
  if a == b or tostring(a) == tostring(b) then return true end
  return type(a) == "number" and type(b) == "number" and math.abs(a - b) < 1e-9
end

-- Is the answer right?  And what happened: the event's text, and what a student reads.
local compare = {}
function compare.one(q, value)
  local c = choice_of(q, value)
  return c == q.ticked[1], c.word, texts_of { c }
end
function compare.number(q, value)
  return math.abs(value - q.given) <= q.within + 1e-9, string.format("%.15g", value), core.quantity(value, q.unit)
end
function compare.order(q, value)
  local right, list = true, {}
  for i, v in ipairs(value) do
    list[i] = choice_of(q, v)
    right = right and list[i] == q.ticked[i]
  end
  return right, words_of(list), texts_of(list)
end
function compare.several(q, value)
  local want, list = {}, {}
  for i, v in ipairs(value) do
    list[i] = choice_of(q, v)
    want[list[i]] = true
  end
  local right = #q.ticked == #list
  for _, c in ipairs(q.ticked) do right = right and want[c] or false end
  q.want = want
  return right, words_of(list), texts_of(list)
end

-- The answer that an event stands for: its time, its return value or its thing.
local function of_pattern(q, e)
  if q.form == "number" then return e.ms end
  if e.name == "return" then return e.ret end
  return e.work or true
end

-- Return: value, event; or nil and the text of the event that has not come yet.
local function evaluate(q)
  if q.accept ~= nil then return R.accept_value(q) end
  if q.correct ~= nil then return q.form == "pick" and R.pick_value(q, q.correct) or q.correct, nil end
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
  local wrong = unfit(q, value)
  if wrong then fail_at(q, "answer of '%s': %s", q.id, wrong) end
  if q.form == "pick" then
    if not e and core.kind(value) == "event" then e = value end
    value = R.pick_value(q, value)
  end
  if q.predict and e and e.n <= q.asked then
    fail_at(q, "prediction '%s': the event that decides is older than the question; make it ask", q.id)
  end
  return value, e
end
R.evaluate = evaluate

-- ---- the verdict -----------------------------------------------------------------------------

local function place_of(list, sought)
  for i, c in ipairs(list) do
    if c == sought then return i end
  end
  return 0
end

-- Feedback to this answer as { payload, its index in the event }: one for each wrong tick, or the first wrong = that holds.
local function feedback_for(q, happened, e)
  local out, extra = {}, { right = happened, event = e }
  extra.given = q.form == "number" and core.quantity(q.given, q.unit) or q.form == "pick" and R.pick_texts(q.ticked)
                or q.ticked and texts_of(q.ticked) or q.given
  if q.what == "event" then extra.event = q.ticked[1].value end	-- feedback is about what was pointed at
  for _, c in ipairs(q.ticked or {}) do
    if c.feedback and not (q.want and q.want[c]) then
      out[#out + 1] = { payload(c.feedback, extra), place_of(q.choices or {}, c) }
      R.note("gives", q.id, "feedback " .. c.word)
    end
  end
  for i, w in ipairs(q.wrong_list) do
    if #out > 0 then break end
    local test = type(w.test) == "function" and w.test or function() return R.pick_is(q, w.test) end
    local ok, holds = core.judge(test, core.trace(), q.given, R.p)
    if ok and holds then
      out[1] = { payload(w.feedback, extra), limits.WRONG_FROM + i }
      R.note("gives", q.id, "wrong " .. i)
    end
  end
  return out
end

-- For lib/probe.lua: the answers to @q, as its readers take them, and the judging of one.
R.readers, R.compare, R.feedback_for, R.fail_at = readers, compare, feedback_for, fail_at

local function verdict(q, value, e)
  local right, happened, happened_text = compare[q.form](q, value)
  local again = not right and q.tries_max and q.tries < q.tries_max	-- the right answer is not shown yet
  local n = not again and e and e.n or 0
  for _, f in ipairs(right and {} or feedback_for(q, happened_text, e)) do part(q, PART.FEEDBACK, f[1], f[2]) end
  part(q, PART.WHY, not again and q.why or nil)
  part(q, PART.RULE, not again and q.rule or nil)
  core.emit("JUDGED", { question = q.number, result = RESULT[right], evidence = n, text = again and "" or happened }, n)
  q.right, q.wrong, q.event, q.decided = right, not right, e, true
  if select(2, core.noting()) then R.probe(q, value, e) end
  return right
end

-- The student's own words: the author's answer beside them, no right or wrong.
local function show_author(q)
  part(q, PART.WHY, q.why)
  part(q, PART.RULE, q.rule)
  core.emit("JUDGED", { question = q.number, result = RESULT.none, evidence = 0, text = "" })
  q.decided = true
end

local function count(right)
  if right then R.right = R.right + 1 else R.wrong = R.wrong + 1 end
end

-- The value that predict() returns to the author: a question's results, read-only.
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

local handles = {}		-- result value -> question

-- ---- predictions that are still open -------------------------------------------------------------

-- An answer is computed again only after an event of a kind that its last computation looked for.
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
      count(verdict(q, value, e))
    end
  end
  R.open = still
  if #still == 0 then core.expect("none") end
end

local function value_now(q)
  local value, e = evaluate(q)
  if value == nil then fail_at(q, "answer of '%s' is nil: %s", q.id, e) end
  return value, e
end

local function begin(t, predict, what)
  R.not_inside(what)
  local q = make_question(t, predict)
  q.asked = core.count()
  if predict and q.form ~= "words" then		-- a fault if what decides it has happened already
    local known = evaluate(q)
    if known ~= nil then R.note("known", q.id, q.form == "pick" and R.pick_words(known.show) or R.answer_text(known)) end
  elseif q.form == "pick" then
    value_now(q)		-- nothing to point at is a fault for every student, not for those who answer
  end
  put(q)
  take_answer(q)
  R.made = R.made + 1
  return q
end

local function finish(q)
  local h = handle(q)
  handles[h] = q
  return h
end

function predict(t)
  local q = begin(t, true, "predict")
  if q.form == "words" then
    show_author(q)
  else
    table.insert(R.open, q)
    watch_open()
  end
  return finish(q)
end

function ask(t)
  local q = begin(t, false, "ask")
  if q.form == "words" then
    show_author(q)
    return finish(q)
  end
  local value, e = value_now(q)
  local right = verdict(q, value, e)
  count(right)
  while not right and (q.retry or (q.tries_max and q.tries < q.tries_max)) do
    put(q)
    take_answer(q)
    right = verdict(q, value, e)
  end
  return finish(q)
end

local function close(q)
  count(verdict(q, value_now(q)))
end

function reveal(h)
  local q = handles[h]
  if not q then fail("reveal: expected the result of predict{}") end
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
