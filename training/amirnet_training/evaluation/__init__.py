"""How good a bundle is: PSNR and SSIM over pairs or over degraded clean photos."""
