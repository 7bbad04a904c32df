/** Five points in a crop of 112 px as ArcFace's authors use it (`insightface/utils/face_align.py`, MIT). */
export const ARCFACE_TEMPLATE = [
  [38.2946, 51.6963],
  [73.5318, 51.5014],
  [56.0252, 71.7366],
  [41.5493, 92.3655],
  [70.7299, 92.2041],
] as const;
