-- lib/probe.lua: the facts about a lesson that `kworkshop check` reads beside the events.
--
-- Nothing here runs unless the caller of the script reads notes (struct script_notes).  A
-- note never changes the run: the director's code costs no virtual time, and a probe
-- restores the answer that was given.
--
-- Lives here:   notes on fields of lessons and questions; the feedback of every possible answer.
-- Never here:   judging (question.lua), findings (src/check).

local R = run_state

-- ---- fields ------------------------------------------------------------------------

local noted = {}		-- "kind question text" -> true: each note is made once a run

local noting = core.noting()

local function note(kind, question, text)
  if not noting then return end
  local key = kind .. "\t" .. question .. "\t" .. text
  if noted[key] then return end
  noted[key] = true
  core.note(kind, question, text)
end
R.note = note

-- A computed answer as one line of text.
function R.answer_text(value)
  if type(value) ~= "table" then return R.show_value(value) end
  local out = {}
  for i, v in ipairs(value) do out[i] = R.show_value(v) end
  return table.concat(out, ", ")
end

-- Fields that are accepted and that nothing reads in a question of this form.
local function note_idle(q, t)
  local no_order = q.form == "number" or q.form == "words"
  if t.fixed ~= nil and no_order then note("idle", q.id, "fixed") end
  if t.wrong ~= nil and q.form == "words" then note("idle", q.id, "wrong") end
  if t.retry ~= nil and q.form == "words" then note("idle", q.id, "retry") end
  if t.moves ~= nil and (q.correct ~= nil or q.form == "words") then note("idle", q.id, "moves") end
  if t.hints ~= nil and #t.hints == 0 then note("idle", q.id, "hints") end
end

-- ---- texts ---------------------------------------------------------------------------

-- A text and its key in translations: src/model/translation.h.
local function note_text(key, text)
  if text ~= nil and select(2, core.noting()) and text ~= "" then note("text", "", key .. " " .. text) end
end
R.note_text = note_text

local function note_texts(q, t)
  local at = "questions/" .. q.id .. "/"
  note_text(at .. "1", t[1])
  note_text(at .. "short", t.short)
  note_text(at .. "unit", q.unit)
  note_text(at .. "why", t.why)
  for i, hint in ipairs(t.hints or {}) do note_text(at .. "hints/" .. i, hint) end
  for i, w in ipairs(q.wrong_list) do note_text(at .. "wrong/" .. i, w.feedback) end
  for _, c in ipairs(q.choices or {}) do
    note_text(at .. "choices/" .. c.word .. "/1", c.template)
    note_text(at .. "choices/" .. c.word .. "/2", c.feedback)
  end
end

function R.note_question(q, t)
  note("question", q.id, q.where)
  note_texts(q, t)
  if t.why ~= nil then note("has", q.id, "why") end
  if t.fixed then note("has", q.id, "fixed") end
  if q.rule then note("rule", q.id, q.rule) end
  for i in ipairs(q.wrong_list) do note("has", q.id, "wrong " .. i) end
  for _, c in ipairs(q.choices or {}) do
    if c.feedback then note("has", q.id, "feedback " .. c.word) end
  end
  note_idle(q, t)
end

local function sorted_keys(t)
  local out = {}
  for key in pairs(t or {}) do out[#out + 1] = tostring(key) end
  table.sort(out)
  return out
end

local kind_of = { R = "rule", E = "erratum", L = "point" }

-- "double_queue<tab>w0=reset": a row of covers.scenarios as one text.
local function scenario_row(name, names)
  local out = { name }
  for _, key in ipairs(sorted_keys(names)) do out[#out + 1] = key .. "=" .. names[key] end
  return table.concat(out, "\t")
end

function R.note_lesson(t)
  note_text("title", t.title)
  note_text("question", t.question)
  local covers = t.covers or {}
  for _, name in ipairs(covers.rules or {}) do note("rule", "", name) end
  for _, name in ipairs(covers.errata or {}) do note("erratum", "", name) end
  for _, name in ipairs(covers.checklist or {}) do note("point", "", name) end
  for _, name in ipairs(sorted_keys(covers.scenarios)) do
    note("scenario", "", name)
    note("scenario-row", "", scenario_row(name, covers.scenarios[name]))
  end
  for _, name in ipairs(t.needs or {}) do note("needs", "", name) end
  for _, name in ipairs(sorted_keys(R.values)) do note("value", "", name .. " = " .. R.answer_text(R.values[name])) end
  if t.avoid ~= nil and t.params == nil then note("idle", "", "avoid") end
end

-- At the end, behind the notes of the questions themselves: covers.asked.
local function note_asked(asked)
  for _, q in ipairs(sorted_keys(asked)) do
    for _, name in ipairs(asked[q]) do note(kind_of[name:sub(1, 1)], q, name) end
  end
end

-- At the end: a parameter that no line and no text has read.
function R.note_params()
  note_asked((R.lesson.covers or {}).asked)
  for _, name in ipairs(sorted_keys(R.values)) do
    note(R.param_read[name] and "param-read" or "param", "", name)
  end
end

-- ---- every answer --------------------------------------------------------------------

local function words(list)
  local out = {}
  for i, c in ipairs(list) do out[i] = c.word end
  return #out > 0 and table.concat(out, " ") or "none"
end

-- Each makes the answers to @q, in the form of inputs, and passes them to @try.
local every = {}

function every.one(q, _, try)
  for _, c in ipairs(q.choices) do try(c.word) end
end

-- All subsets: at most 2^8.
function every.several(q, _, try)
  for mask = 0, (1 << #q.choices) - 1 do
    local list = {}
    for i, c in ipairs(q.choices) do
      if mask >> (i - 1) & 1 == 1 then list[#list + 1] = c end
    end
    try(words(list))
  end
end

local ORDERED_MAX = 5		-- things of which all orders are tried: 120

local function permute(list, from, try)
  if from >= #list then return try(words(list)) end
  for i = from, #list do
    list[from], list[i] = list[i], list[from]
    permute(list, from + 1, try)
    list[from], list[i] = list[i], list[from]
  end
end

-- All orders; of a long list each exchange of two.
function every.order(q, _, try)
  local list = {}
  for i, c in ipairs(q.choices) do list[i] = c end
  if #list <= ORDERED_MAX then return permute(list, 1, try) end
  for i = 1, #list do
    for k = i, #list do
      list[i], list[k] = list[k], list[i]
      try(words(list))
      list[i], list[k] = list[k], list[i]
    end
  end
end

-- Numbers that a student may think of: small ones in halves, round ones, some near the right one.
function every.number(_, value, try)
  local function number(v) try(string.format("%.15g", v)) end
  for half = 0, 400 do number(half / 2) end
  for _, v in ipairs { -1, 250, 300, 400, 500, 750, 1000, 2000, 5000, 10000, 1000000 } do number(v) end
  for _, by in ipairs { -10, -5, -2, -1, -0.5, 0.5, 1, 2, 5, 10 } do number(value + by) end
  for _, times in ipairs { 0.25, 0.5, 2, 3, 4, 10 } do number(value * times) end
end

function every.pick(q, _, try)
  R.pick_every(q, try)
end

-- Judges every answer to @q as if it were given, for notes on its feedback and for the faults in it.
function R.probe(q, value, e)
  local given, ticked, want = q.given, q.ticked, q.want
  every[q.form](q, value, function(text)
    if not R.readers[q.form](q, text) then return end
    local right, _, happened = R.compare[q.form](q, value)
    if right then return end
    local ok, fault = pcall(R.feedback_for, q, happened, e)
    if not ok then R.fail_at(q, "feedback to '%s': %s", text, (tostring(fault):gsub("^[^:]*:%d+: ", ""))) end
  end)
  q.given, q.ticked, q.want = given, ticked, want
end
