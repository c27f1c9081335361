// The WeChat account behind the gateway. PuppetMock drops mentions, files, links and message ids;
// here they are kept, told and counted, and everything can be made slow or refused.
import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { FileBox, FileBoxType } from 'file-box'
import * as PUPPET from 'wechaty-puppet'
import { PuppetMock, mock } from 'wechaty-puppet-mock'

const kinds = PUPPET.types.Message
// A minute after a heartbeat event the real watchdog would log the account out, amid a test.
const WATCHDOG_SECONDS = 3600
const EVERYBODY = '*'
const CONTACT = { avatar: '', gender: 0, type: PUPPET.types.Contact.Individual, phone: [] }
const ROOM = { avatar: '', adminIdList: [], aliases: {} }

export const isRoom = id => id.includes('@')
export const digest = content => createHash('sha256').update(content).digest('hex')

export class Account extends PuppetMock {
  manner = {
    login: true, // log in when a client starts us
    echo: false, // our own messages come back as events, as some gateways do
    ids: true, // tell the sender what id its message got
    dong: true, // answer a ding
    before: 0, // milliseconds from a client's send until it is done
    after: 0, // milliseconds from the done send until the client is told
  }

  refusals = []
  hindrances = new Map() // "query id" → { milliseconds, error }
  counts = {} // query → id → how often
  attached = new Map() // message id → its file, link, card …
  invitations = new Map()
  friendships = new Map()
  starts = 0
  stops = 0
  #numbers = 0

  constructor ({ tell, self, generation }) {
    super({ mocker: new mock.Mocker(), timeoutSeconds: WATCHDOG_SECONDS })
    Object.assign(this, { tell, self, generation })
    this.on('error', () => {}) // without a client attached nobody else listens, and Node would end
    this.on('login', ({ contactId }) => this.tell('login', { who: contactId }))
    this.on('logout', ({ contactId, data }) => this.tell('logout', { who: contactId, why: data }))
    // The event stream of a client is the only one that listens to `dong`.
    this.on('newListener', name => name === 'dong' && this.tell('attached'))
    this.on('removeListener', name => name === 'dong' && this.tell('detached'))
  }

  // The world

  get contacts () { return this.mocker.cacheContactPayload }
  get rooms () { return this.mocker.cacheRoomPayload }

  nextId (prefix) { return `${prefix}-${this.generation}-${++this.#numbers}` }

  putContact ({ id, name = id, friend = true, ...more }) {
    this.contacts.set(id, { ...CONTACT, id, name, friend, ...more })
    this.cache.contact.delete(id)
    this.tellWorld()
  }

  putRoom ({ id, topic = '', owner = '', members = [], ...more }) {
    this.rooms.set(id, { ...ROOM, id, topic, ownerId: owner, memberIdList: [...members], ...more })
    this.cache.room.delete(id)
    this.cache.roomMember.delete(id)
    this.tellWorld()
  }

  room (id) { return this.mocker.roomPayload(id) }

  join (id, who, by) {
    const room = this.room(id)
    room.memberIdList = [...new Set([...room.memberIdList, ...who])]
    this.tellWorld()
    this.emit('room-join', { inviteeIdList: who, inviterId: by, roomId: id, timestamp: Date.now() })
  }

  leave (id, who, by) {
    const room = this.room(id)
    room.memberIdList = room.memberIdList.filter(member => !who.includes(member))
    this.tellWorld()
    this.emit('room-leave', { removeeIdList: who, removerId: by, roomId: id, timestamp: Date.now() })
  }

  retitle (id, topic, by) {
    const room = this.room(id)
    const oldTopic = room.topic
    room.topic = topic
    this.tellWorld()
    this.emit('room-topic', { changerId: by, newTopic: topic, oldTopic, roomId: id, timestamp: Date.now() })
  }

  /** What `reset` needs to make this world again, after a crash. */
  tellWorld () {
    const contacts = [...this.contacts.values()].map(({ id, name, friend, alias }) => ({ id, name, friend, alias }))
    const rooms = [...this.rooms.values()].map(
      ({ id, topic, ownerId, memberIdList, aliases }) => ({ id, topic, owner: ownerId, members: memberIdList, aliases }))
    this.tell('world', { world: { self: this.self, contacts, rooms } })
  }

  // Messages

  keep (payload, attached = {}) {
    this.mocker.cacheMessagePayload.set(payload.id, payload)
    this.cache.message.delete(payload.id) // the same id may be said twice, with other words
    this.attached.set(payload.id, attached)
  }

  async send (to, kind, type, facts) {
    await pause(this.manner.before)
    const told = { to, kind, time: Date.now(), text: '', mentions: [], ...facts }
    const refusal = this.refusals.find(each => each.times > 0 && [undefined, to].includes(each.to))
    if (refusal) {
      refusal.times--
      this.tell('refused', { ...told, error: refusal.error })
      throw new Error(refusal.error)
    }
    const talkerId = this.currentUserId // throws when nobody is logged in
    const id = this.nextId('out')
    const where = isRoom(to) ? { roomId: to, mentionIdList: told.mentions } : { listenerId: to }
    this.keep({ id, type, text: told.text, talkerId, timestamp: told.time, ...where }, facts)
    this.tell('sent', { id, ...told })
    if (this.manner.echo) this.emit('message', { messageId: id })
    await pause(this.manner.after)
    return this.manner.ids ? id : undefined
  }

  async messageSendText (to, text, mentions) { return this.send(to, 'text', kinds.Text, { text, mentions }) }
  async messageSendUrl (to, url) { return this.send(to, 'url', kinds.Url, { url }) }
  async messageSendMiniProgram (to, mini) { return this.send(to, 'mini', kinds.MiniProgram, { mini }) }
  async messageSendContact (to, card) { return this.send(to, 'card', kinds.Contact, { card }) }
  async messageSendFile (to, box) {
    // What a box of the kind "url" names would be fetched from the network; it is only told.
    if (box.type === FileBoxType.Url) return this.send(to, 'file', kinds.Attachment, { name: box.name, fetch: box.remoteUrl })
    const content = await box.toBuffer()
    const facts = { name: box.name, bytes: content.length, sha256: digest(content) }
    return this.send(to, 'file', kinds.Attachment, facts)
  }

  part (id, name) {
    const part = this.attached.get(id)?.[name]
    if (part === undefined) throw new Error(`message ${id} has no ${name}`)
    return part
  }

  async messageFile (id) {
    const { name, content } = this.part(id, 'file')
    return FileBox.fromBase64(content.toString('base64'), name)
  }

  async messageImage (id) { return this.messageFile(id) }
  async messageUrl (id) { return this.part(id, 'url') }
  async messageMiniProgram (id) { return this.part(id, 'mini') }
  async messageContact (id) { return this.part(id, 'card') }
  async messageLocation (id) { return this.part(id, 'location') }

  // Rooms and people, as clients ask about them

  async roomList () { return [...this.rooms.values()].filter(room => room.memberIdList.includes(this.self)).map(room => room.id) }
  async roomMemberRawPayload (room, id) {
    const { name, avatar } = this.mocker.contactPayload(id)
    return { id, name, avatar, roomAlias: this.room(room).aliases[id] ?? '' }
  }

  async roomTopic (room, topic) {
    if (topic === undefined) return this.room(room).topic
    this.retitle(room, topic, this.self)
  }

  async roomInvitationRawPayload (id) {
    if (!this.invitations.has(id)) throw new Error(`no invitation ${id}`)
    return this.invitations.get(id)
  }

  async roomInvitationAccept (id) {
    const { room, inviterId } = await this.roomInvitationRawPayload(id)
    this.tell('accepted', { id })
    if (room) this.join(room, [this.self], inviterId)
  }

  async friendshipRawPayload (id) {
    if (!this.friendships.has(id)) throw new Error(`no friendship ${id}`)
    return this.friendships.get(id)
  }

  async friendshipAccept (id) {
    const { contactId } = await this.friendshipRawPayload(id)
    this.putContact({ ...this.contacts.get(contactId), friend: true })
  }

  // The life of the account

  async start () {
    this.starts++
    await super.start()
    this.tell('started')
  }

  async stop () {
    this.stops++
    await super.stop()
    this.tell('stopped')
  }

  async onStart () { if (this.manner.login) setImmediate(() => this.isLoggedIn || this.login(this.self)) }
  async onStop () {}
  ding (data) { if (this.manner.dong) setImmediate(() => this.emit('dong', { data: data ?? '' })) }
}

// Queries are counted, and may be hindered for one id or for all.
for (const query of [
  'contactList', 'contactPayload', 'messageFile', 'messageImage', 'messagePayload',
  'roomList', 'roomMemberList', 'roomMemberPayload', 'roomPayload',
]) {
  const ask = Account.prototype[query]
  Account.prototype[query] = async function (...ids) {
    const id = ids[0] ?? EVERYBODY
    const counts = this.counts[query] ??= {}
    counts[id] = (counts[id] ?? 0) + 1
    const hindrance = this.hindrances.get(`${query} ${id}`) ?? this.hindrances.get(`${query} ${EVERYBODY}`)
    if (hindrance) await pause(hindrance.milliseconds)
    if (hindrance?.error) throw new Error(hindrance.error)
    return ask.apply(this, ids)
  }
}

// What else a client may ask us to do is done as PuppetMock does it, which is next to nothing; but told.
for (const method of [
  'contactAlias', 'conversationReadMark', 'friendshipAccept', 'friendshipAdd', 'messageForward',
  'messageRecall', 'roomAdd', 'roomAnnounce', 'roomCreate', 'roomDel', 'roomQuit', 'roomTopic',
]) {
  const act = Account.prototype[method]
  Account.prototype[method] = async function (...values) {
    this.tell('called', { method, values })
    return act.apply(this, values)
  }
}
