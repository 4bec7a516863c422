/** Why a text is not well-formed XML. `scanXml` adds the line. */
export class XmlError extends Error {}
