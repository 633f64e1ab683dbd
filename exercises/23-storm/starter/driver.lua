-- driver.lua: the driver of the sensor; yours to edit.
local function poll(w)
  local dev = container_of(w)
  dev.look()
  queue_work(system_wq, dev.poll)	-- TODO: at once, again and again
end

local function probe(dev, opt)
  dev.look = opt.look
  dev.poll = work("poll", poll)
  queue_work(system_wq, dev.poll)
end

local function remove(dev)
  cancel_work_sync(dev.poll)
  kfree(dev)
end

return { driver = { object = "sensor_dev", probe = probe, remove = remove } }
