-- fails: unloading leaves nothing behind
-- driver.lua: the driver of the sensor; yours to edit.
local function poll(w)
  local dev = container_of(w)
  dev.look()
  queue_delayed_work(system_wq, dev.poll, msecs_to_jiffies(10))
end

local function probe(dev, opt)
  dev.look = opt.look
  dev.poll = delayed_work("poll", poll)
  queue_delayed_work(system_wq, dev.poll, msecs_to_jiffies(10))
end

local function remove(dev)
  cancel_delayed_work_sync(dev.poll)
  wait_for_completion(completion("polled"))	-- which nothing completes
  kfree(dev)
end

return { driver = { object = "sensor_dev", probe = probe, remove = remove } }
