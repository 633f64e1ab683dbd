-- WRONG: the director resumes a coroutine that a worker is inside of: the machine process crashes
-- RIGHT: resume returns false
-- TYPE: \n\n
-- EXPECT: exit 0
-- EXPECT: out "resume: false cannot resume non-suspended coroutine"
-- EXPECT: out "the end"
return lesson { title = "T", machine = { cpus = 1 },
 function()
  local co
  local w = work("w", function()
    co = coroutine.create(function() sleep_ms(5) burn(1) end)
    coroutine.resume(co)
  end)
  task(0, "a", function() queue_work(system_wq, w) end)
  run(1)
  local ok, e = coroutine.resume(co)
  say("resume: " .. tostring(ok) .. " " .. tostring(e))
  run(20)
  say("the end")
 end }
