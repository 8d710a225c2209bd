using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Server.Evaluating;

/// <summary>Puts evaluations into the control plane.</summary>
internal static class EvaluationServices
{
    public static void AddEvaluating(this IServiceCollection services)
    {
        services.AddSingleton<RowScoring>();
        services.AddSingleton<EvaluationStore>();
        services.AddSingleton<EvaluationPairs>();
    }
}
