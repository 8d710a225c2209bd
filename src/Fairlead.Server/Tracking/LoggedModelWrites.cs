using Fairlead.Core.Refusals;
using Fairlead.Server.Tracking.Storage;

namespace Fairlead.Server.Tracking;

/// <summary>Makes and changes logged models.</summary>
internal sealed class LoggedModelWrites
{
    public static Refusal NotFound(string model) => new(RefusalKind.NotFound, "logged_model_not_found",
        $"Logged model with ID '{model}' not found.")
    { Field = "model_id" };

    /// <summary>Refuses the id of a model that is not there.</summary>
    public static async Task ExistsAsync(TrackingTransaction transaction, string model, CancellationToken deadline)
    {
        var found = await transaction.QueryAsync(
            "SELECT 1 FROM logged_models WHERE id = @id AND deleted_at IS NULL" + transaction.Share, _ => true,
            deadline, ("@id", model));
        if (found.Count == 0)
            throw new RefusalException(NotFound(model));
    }
}
