/** The label that stands for none where nobody says otherwise, as in torch.nn.functional.cross_entropy. */
export const IGNORED_LABEL = -100;
