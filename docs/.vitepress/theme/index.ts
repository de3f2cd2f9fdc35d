import type { Theme } from 'vitepress';
import DefaultTheme from 'vitepress/theme';
import './style.css';

export default {
  extends: DefaultTheme,
  enhanceApp({ router }) {
    if (typeof document === 'undefined') return;
    // The home page of the theme has no main landmark, which screen readers jump to.
    const markMain = () => document.querySelector('.VPHome')?.setAttribute('role', 'main');
    router.onAfterPageLoad = () => void setTimeout(markMain);
    addEventListener('load', markMain);
  },
} satisfies Theme;
