// The real wechaty gateway on loopback, moved by a test: one command a line comes in as JSON, one
// answer a line goes out, and between the answers what happened. Who sends these lines is
// ../gateway.py; by hand it works as well, see ../README.md.
import readline from 'node:readline'
import * as PUPPET from 'wechaty-puppet'
import { PuppetServer } from 'wechaty-puppet-service'
import { Account, digest } from './account.mjs'

const { GATEWAY_ENDPOINT: endpoint, GATEWAY_TOKEN: token, GATEWAY_GENERATION: generation = '0' } = process.env

const WORLD = {
  self: 'bot',
  contacts: [
    { id: 'bot', name: '小助手' },
    { id: 'alice', name: '小王' },
    { id: 'bob', name: '小李' },
    { id: 'carol', name: '小张' },
    { id: 'dave', name: 'Li Lei' },
  ],
  rooms: [
    { id: 'club@chatroom', topic: '车友会', owner: 'alice', members: ['bot', 'alice', 'bob', 'carol', 'dave'] },
  ],
}

let account, server

// A pipe is written before we go on: no client gets an answer that was not told here first.
const write = line => process.stdout.write(`${JSON.stringify(line)}\n`)
const tell = (event, facts = {}) => write({ event, ...facts })

/** A fresh world means a fresh account and server; clients of the old one are cut off. */
async function reset ({ self, contacts, rooms } = WORLD) {
  if (account) {
    account.tell = () => {}
    await server.stop()
    await account.stop()
  }
  tell('reset')
  account = new Account({ tell: () => {}, self, generation })
  contacts.forEach(each => account.putContact(each))
  rooms.forEach(each => account.putRoom(each))
  account.tell = tell
  account.tellWorld()
  server = new PuppetServer({ endpoint, token, puppet: account, tls: { disable: true } })
  await server.start()
}

/** A number stays what it is, so that types nobody knows yet can be sent. */
const typeOf = type => typeof type === 'number' ? type : PUPPET.types.Message[type]

function attach ({ file, ...others }) {
  if (!file) return others
  const { name, base64, bytes } = file
  const content = base64 === undefined ? Buffer.alloc(bytes, 'carclub ') : Buffer.from(base64, 'base64')
  return { file: { name, content }, ...others }
}

const commands = {
  reset: ({ world }) => reset(world),
  contacts: ({ contacts }) => contacts.forEach(each => account.putContact(each)),
  room: ({ room }) => account.putRoom(room),

  say ({ who, room, to = account.self, text = '', repeat = 1, at = [], type = 'Text', id, timestamp, attached = {} }) {
    const where = room ? { roomId: room, mentionIdList: at } : { listenerId: to }
    const parts = attach(attached)
    const payload = { id: id ?? account.nextId('in'), type: typeOf(type), text: text.repeat(repeat) }
    payload.filename = parts.file?.name
    account.keep({ ...payload, talkerId: who, timestamp: timestamp ?? Date.now(), ...where }, parts)
    account.emit('message', { messageId: payload.id })
    return { id: payload.id, sha256: parts.file && digest(parts.file.content) }
  },

  join: ({ room, who, by }) => account.join(room, who, by),
  leave: ({ room, who, by }) => account.leave(room, who, by),
  topic: ({ room, topic, by }) => account.retitle(room, topic, by),

  invite ({ inviter, topic, room }) {
    const id = account.nextId('invitation')
    const memberIdList = account.rooms.get(room)?.memberIdList ?? []
    account.invitations.set(id, {
      id, room, inviterId: inviter, topic, memberIdList, memberCount: memberIdList.length,
      avatar: '', invitation: '', receiverId: account.self, timestamp: Date.now(),
    })
    account.emit('room-invite', { roomInvitationId: id })
    return { id }
  },

  befriend ({ who, hello }) {
    const id = account.nextId('friendship')
    const type = PUPPET.types.Friendship.Receive
    account.friendships.set(id, { id, contactId: who, hello, type, ticket: '', scene: 0, timestamp: Date.now() })
    account.emit('friendship', { friendshipId: id })
    return { id }
  },

  async login ({ who = account.self }) {
    await account.logout('another login')
    account.self = who
    account.tellWorld()
    account.login(who)
  },
  logout: ({ why }) => account.logout(why),

  emit: ({ name, payload }) => { account.emit(name, payload) },
  behave: ({ manner }) => { Object.assign(account.manner, manner) },
  refuse: ({ times = Infinity, to, error }) => { account.refusals.push({ times, to, error }) },
  hinder ({ query, ids, milliseconds, error }) {
    ids.forEach(id => account.hindrances.set(`${query} ${id}`, { milliseconds, error }))
  },
  unhinder () {
    account.hindrances.clear()
    account.refusals.length = 0
  },

  report: () => ({ counts: account.counts, starts: account.starts, stops: account.stops }),
}

async function obey ({ number, command, ...details }) {
  try {
    const result = await commands[command](details)
    write({ answer: number, ...result })
  } catch (error) {
    write({ answer: number, error: String(error) })
  }
}

await reset()
tell('ready')
for await (const line of readline.createInterface({ input: process.stdin })) await obey(JSON.parse(line))
// The other end of the line is gone, so nobody needs us any more.
process.exit(0)
