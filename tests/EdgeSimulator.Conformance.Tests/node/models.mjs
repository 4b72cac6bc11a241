// Gives each file of a folder to Microsoft's DTDL parser, and prints one JSON object: file name → what is wrong with it, null when nothing is.
import fs from 'node:fs'
import path from 'node:path'
import { getInterop } from '@digicatapult/dtdl-parser'

const [folder] = process.argv.slice(2)
const parser = await getInterop()
const found = {}
for (const file of fs.readdirSync(folder).filter(name => name.endsWith('.json')).sort()) {
  try {
    parser.parse(fs.readFileSync(path.join(folder, file), 'utf8'))
    found[file] = null
  } catch (error) {
    found[file] = String(error.message)
  }
}
console.log(JSON.stringify(found))
process.exit(0)
