using Fairlead.Server.Evaluating;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Server.Promotion;

/// <summary>Puts promotions, and the evaluations that they rest on, into the control plane.</summary>
internal static class PromotionServices
{
    public static void AddPromotions(this IServiceCollection services)
    {
        services.AddEvaluating();
        services.AddSingleton<PromotionFactsRead>();
        services.AddSingleton<PromotionStore>();
        services.AddSingleton<ICarriedEvidence, CarriedEvaluations>();
        services.AddSingleton<ICarriedEvidence, CarriedPromotions>();
        services.AddSingleton<ICarriedEvidence, CarriedSignatures>();
        services.AddSingleton<Carrying>();
    }
}
