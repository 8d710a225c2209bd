using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Predictions;

/// <summary>What endpoints with a <c>log:</c> were asked and answered.</summary>
internal static class PredictionsVerb
{
    public static Command Create(Terminal terminal) => new("predictions", "Look into the prediction log")
    {
        PredictionsList.Create(terminal),
        PredictionsShow.Create(terminal),
        PredictionsQuery.Create(terminal),
        PredictionsExport.Create(terminal),
        PredictionsForget.Create(terminal),
    };
}
