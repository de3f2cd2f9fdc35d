/** Convolutions of the tower of pictures, `channels/stride`. */
export const starterLayers = '24/2,48/2,96/2,96/1,128/2';
