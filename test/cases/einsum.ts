import { type Case, type CaseInput, examples, real } from "./case.ts";

function equation(equation: string, ...inputs: CaseInput[]): Case {
  return { about: equation, inputs, attributes: { equation } };
}

export const einsumCases: readonly Case[] = [
  equation("ni,ij->nj", examples([6, 3]), real([3, 2])),
  equation("ij,jk", real([2, 3]), real([3, 4])),
  equation("bhid,bhjd->bhij", examples([6, 2, 3, 2]), examples([6, 2, 4, 2])),
  equation("bij,bjk,bkl->bil", examples([6, 2, 3]), examples([6, 3, 2]), examples([6, 2, 4])),
  equation("b i d, e d -> b e i", examples([6, 2, 3]), real([4, 3])),
  equation("i,j,k,ik->j", real([2]), real([3]), real([4]), real([2, 4])),
  equation("ii->i", real([3, 3])),
  equation("nii->ni", examples([6, 3, 3])),
  equation("nij,iijk->njk", examples([6, 3, 2]), real([3, 3, 2, 4])),
  equation("iii->", real([2, 2, 2])),
  equation("nij->nj", examples([6, 4, 2])),
  equation("nij,k->n", examples([6, 4, 2]), real([3])),
  equation("n...,...->n...", examples([6, 2, 3]), real([2, 3])),
  equation("n...k,...jk->n...j", examples([6, 1, 3]), real([4, 2, 3])),
  equation("n...k,k...->n...", examples([6, 2, 3]), real([3, 2])),
  equation("...ij->...ji", real([2, 3, 4])),
  equation("...i,i", real([2, 3]), real([3])),
  equation("nij,nj->ni", examples([6, 1, 3]), examples([6, 3])),
  equation("nij,jk->nik", examples([6, 2, 1]), real([3, 4])),
  equation("n,i->ni", examples([6]), real([1])),
  equation("i,i->", real([3]), real([3])),
  equation(",ni->ni", real([]), examples([6, 3])),
  equation("ba", real([2, 3])),
];
