namespace Fairlead.Web.Components;

/// <summary>Which colour goes with a word of the API.</summary>
public static class Tones
{
    /// <summary><c>good</c>, <c>bad</c>, <c>warn</c>, <c>busy</c>, or nothing for what is neither.</summary>
    public static string Of(string word) => word switch
    {
        "pass" or "ok" or "clear" or "serving" or "succeeded" or "healthy" or "active" or "approved" or "ready"
            or "no drift" or "yes" or "moved" or "passes" => "good",
        "fail" or "failed" or "breach" or "drift" or "firing" or "rolled back" or "revoked" or "declined" or "error"
            or "failing" or "page" => "bad",
        "paused" or "pending" or "insufficient_data" or "insufficient data" or "expired" or "inconclusive"
            or "superseded" or "ticket" or "degraded" => "warn",
        "running" or "baking" or "keeping warm" or "placing" or "current" or "open" => "busy",
        _ => "",
    };
}
