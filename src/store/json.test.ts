import { expect, test } from "vitest";
import { decodeJson, encodeJson } from "./json.ts";

test("numbers that JSON lacks survive as strings", () => {
  const value = {
    loss: Number.NaN,
    norms: [1, Number.POSITIVE_INFINITY, { low: Number.NEGATIVE_INFINITY }],
    last: null,
  };
  expect(encodeJson(value)).toBe('{"loss":"NaN","norms":[1,"Infinity",{"low":"-Infinity"}],"last":null}');
  expect(decodeJson(encodeJson(value))).toEqual(value);
});

test("other text stays text", () => {
  const value = { name: "Infinity pool", note: 'says "NaN" twice', kind: "toString", digits: "1" };
  expect(decodeJson(encodeJson({ ...value, loss: Number.NaN }))).toEqual({ ...value, loss: Number.NaN });
});

test("numbers are found wherever a value may stand, under any name", () => {
  const text = '["NaN",{"__proto__":"Infinity","a":[["-Infinity"]],"NaN":"nan","NaN2":null}]';
  const [first, { ["__proto__"]: proto, ...rest }] = decodeJson(text) as [number, Record<string, unknown>];
  expect([first, proto, rest]).toEqual([Number.NaN, Infinity, { a: [[-Infinity]], NaN: "nan", NaN2: null }]);
  expect(decodeJson('"NaN"')).toBe(Number.NaN);
});

test("damaged text throws as JSON.parse does", () => {
  expect(() => decodeJson('{"loss":"NaN"')).toThrow(SyntaxError);
  expect(() => decodeJson('{"loss":')).toThrow(SyntaxError);
});
