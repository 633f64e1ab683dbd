-- driver.lua: the driver of ethx; yours to edit.
local link_poll

local function interrupt(_, dev)
  dev.packets = dev.packets + 1
  mod_delayed_work(system_wq, dev.poll, msecs_to_jiffies(1))	-- the link may have changed: look soon
end

local function probe(dev, opt)
  dev.packets = 0
  dev.period, dev.burn, dev.line = opt.period, opt.burn, opt.line
  dev.poll = delayed_work("link_poll", link_poll)	-- a work item in a field of an object is embedded in it
  request_irq(dev.line, interrupt, 0, "ethx", dev)
  queue_delayed_work(system_wq, dev.poll, msecs_to_jiffies(dev.period))
end

function link_poll(w)
  local dev = container_of(w)
  burn(dev.burn)
  queue_delayed_work(system_wq, dev.poll, msecs_to_jiffies(dev.period))
end

local function remove(dev)
  cancel_delayed_work(dev.poll)		-- TODO: is this enough?
  free_irq(dev.line, dev)
  kfree(dev)
end

return { driver = { object = "ethx_dev", probe = probe, remove = remove } }
