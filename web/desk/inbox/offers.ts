import { useTranslation } from 'react-i18next';
import type { Inbox, OfferView } from '../../../server/desk/contract.ts';
import { post, Refused } from '../api.ts';
import { queries } from '../data.ts';
import { tell, tellRefusal } from '../say.ts';

/** Takes and declines what is offered; the frames of the live line bring what follows from it. */
export function useOffers(open: (conversationId: string | undefined) => void) {
  const { t } = useTranslation();
  const without = (id: string) =>
    queries.setQueryData<Inbox>(
      ['inbox'],
      (held) => held && { ...held, offers: held.offers.filter((offer) => offer.id !== id) },
    );
  const lost = (error: unknown) => {
    if (error instanceof Refused && error.status === 409) tell(error.message || t('inbox.offerGone'));
    else tellRefusal(error);
  };
  return {
    async accept(offer: OfferView): Promise<void> {
      try {
        const { conversationId } = await post<{ conversationId: string | null }>(`/api/offers/${offer.id}/accept`);
        without(offer.id);
        open(conversationId ?? offer.row.conversationId);
      } catch (error) {
        if (error instanceof Refused && error.status === 409) without(offer.id);
        lost(error);
      }
    },
    async decline(offer: OfferView): Promise<void> {
      try {
        await post(`/api/offers/${offer.id}/decline`, {});
        without(offer.id);
      } catch (error) {
        lost(error);
      }
    },
    async take(itemId: string, conversationId: string): Promise<void> {
      try {
        const taken = await post<{ conversationId: string | null }>(`/api/items/${itemId}/take`);
        open(taken.conversationId ?? conversationId);
        void queries.invalidateQueries({ queryKey: ['conversation', conversationId] });
      } catch (error) {
        lost(error);
      }
    },
  };
}
