// A module on Microsoft's Node SDK. It does what it is told by lines of JSON on stdin, {"id", "do", …arguments}, and answers each with {"id", "result"}
// or {"id", "error"}; what happens to it in between is a line {"event", …}. It ends when stdin does.
'use strict';

const fs = require('fs');
const https = require('https');
const readline = require('readline');
const { Message, ModuleClient } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');

const realNow = Date.now;
const systemProperties = ['messageId', 'correlationId', 'userId', 'to', 'contentType', 'contentEncoding', 'expiryTimeUtc'];
let client;
let twin;

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

const commands = {
  // Moves the SDK's idea of the time, by which it dates its tokens, but not its timers: a machine that was suspended.
  clock({ aheadSeconds }) {
    Date.now = () => realNow() + aheadSeconds * 1000;
  },

  // As in a module: the environment says how to connect.
  async open({ tokenRenewal }) {
    client = await ModuleClient.fromEnvironment(Mqtt);
    client.on('error', (error) => say({ event: 'error', message: error.message }));
    client.on('connect', () => say({ event: 'connect' }));
    client.on('disconnect', () => say({ event: 'disconnect' }));
    if (tokenRenewal) await renewal(tokenRenewal);
    await client.open();
  },

  // When the SDK is connected it renews its token at once, as it would later by its timer: it connects anew.
  renew: ({ tokenRenewal }) => renewal(tokenRenewal),

  async twin() {
    twin = await client.getTwin();
    return twin.properties;
  },

  async watch() {
    twin = twin || await client.getTwin();
    // The SDK raises the event for what it has already, too.
    let listening = false;
    twin.on('properties.desired', (patch) => listening && say({ event: 'desired', patch }));
    await settled();
    listening = true;
  },

  report: ({ patch }) => new Promise((resolve, reject) => twin.properties.reported.update(patch, (error) => error ? reject(error) : resolve())),

  async send({ output, body, properties, ...system }) {
    const message = new Message(Buffer.from(body, 'utf8'));
    Object.assign(message, system);
    for (const [name, value] of properties || []) message.properties.add(name, value);
    await (output === undefined ? client.sendEvent(message) : client.sendOutputEvent(output, message));
  },

  async listen() {
    client.on('inputMessage', (input, message) => {
      const system = Object.fromEntries(systemProperties.filter((name) => message[name] !== undefined).map((name) => [name, message[name]]));
      const properties = message.properties.propertyList.map(({ key, value }) => [key, value]);
      say({ event: 'input', input, body: message.data.toString('utf8'), properties, ...system });
    });
    await settled();
  },

  async ignore() {
    client.removeAllListeners('inputMessage');
    await settled();
  },

  // Answers every call with the status and its own payload.
  async method({ name, status }) {
    client.onMethod(name, (request, response) => {
      say({ event: 'method', name: request.methodName, payload: request.payload });
      response.send(status, request.payload, (error) => error && say({ event: 'error', message: error.message }));
    });
    await settled();
  },

  // The SDK always calls port 443 of the gateway, which no user can listen on; the agent is the one option that leads elsewhere. On the method client
  // alone, since the options given to the module client would take the place of those of the connection.
  async invoke({ port, device, module, call }) {
    client._methodClient.setOptions({ http: { agent: new https.Agent({ host: 'localhost', servername: 'localhost', port }) } });
    return module === undefined ? client.invokeMethod(device, call) : client.invokeMethod(device, module, call);
  },

  close: () => client.close().then(() => undefined),
};

// New options take the place of all that were set before, so the authority goes along.
const renewal = (tokenRenewal) => client.setOptions({ ca: fs.readFileSync(process.env.EdgeModuleCACertificateFile, 'utf8'), tokenRenewal });

// Subscriptions have no callback. The hub works in order: when it answers this, it has taken them.
const settled = () => client.getTwin();

async function run(line) {
  const { id, do: command, ...rest } = JSON.parse(line);
  try {
    say({ id, result: await commands[command](rest) ?? null });
  } catch (error) {
    say({ id, error: `${error.name}: ${error.message}`, status: error.response && error.response.statusCode });
  }
}

readline.createInterface({ input: process.stdin }).on('line', run).on('close', () => process.exit());
